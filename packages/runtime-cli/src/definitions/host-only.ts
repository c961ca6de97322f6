import { Option } from 'commander';
import { CliError } from '../cli-error.ts';

/**
 * runc's flag to hand the process further descriptors of the caller, as socket activation does. A descriptor is of one
 * kernel and the process has another, so a number above 0 is refused: to start it without them would be to lose them.
 */
export function preserveFdsOption(): Option {
  return new Option(
    '--preserve-fds <number>',
    'only 0: descriptors of the host cannot enter a VM; use a volume, or the streams',
  ).argParser((text) => {
    if (/^0+$/.test(text)) return 0;
    throw new CliError(
      'usage',
      `--preserve-fds ${JSON.stringify(text)} must be 0: descriptors of the host cannot enter a VM`,
      { facts: {} },
    );
  });
}

/**
 * runc's and crun's flag to put the process into a cgroup below the container's. The protocol of the guest's agent does not
 * carry it, so only the container's own is taken: elsewhere other limits would count than the caller believes.
 */
export function execCgroupOption(): Option {
  return new Option(
    '--cgroup <path>',
    "only /, the container's own: the guest's agent puts each process there",
  ).argParser((text) => {
    if (/^([a-z_,]+:)?\/?$/.test(text)) return '/';
    throw new CliError(
      'usage',
      `--cgroup ${JSON.stringify(text)} must be /: a process starts in the container's own cgroup`,
      { facts: {} },
    );
  });
}
