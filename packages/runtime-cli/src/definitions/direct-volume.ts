import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { Run } from './container.ts';

/** Commands about volumes that the guest mounts from a disk of its own. */
export function defineVolumeCommands(program: Command, context: () => Context, run: Run): void {
  const load = () => import('../commands/direct-volume.ts');
  const volumes = program
    .command('direct-volume')
    .description('describe, look at or grow volumes whose file systems VMs mount from a disk of their own');
  const path = ['--volume-path <path>', 'where the volume is published: the source of a bind mount'] as const;
  volumes
    .command('add')
    .description('let the guest mount the volume, where a container has that path as a bind mount')
    .requiredOption(...path)
    .requiredOption(
      '--mount-info <json>',
      'an object with volume-type (block), device, fstype, and optional options and metadata.fsGroup',
    )
    .action((options) =>
      run(
        'direct-volume add',
        load().then((module) => module.volumeAdd(options)),
      ),
    );
  volumes
    .command('remove')
    .description('forget what is said of the volume; containers that have it keep it')
    .requiredOption(...path)
    .action((options) =>
      run(
        'direct-volume remove',
        load().then((module) => module.volumeRemove(options)),
      ),
    );
  volumes
    .command('stats')
    .description("print what is used and free in a running container's volume, as CSI has it, in JSON")
    .requiredOption(...path)
    .action((options) =>
      run(
        'direct-volume stats',
        load().then((module) => module.volumeStats(context(), options)),
      ),
    );
  volumes
    .command('resize')
    .description("grow the file system of a running container's volume, on a disk that was grown before")
    .requiredOption(...path)
    .requiredOption('--size <bytes>', 'its new size')
    .action((options) =>
      run(
        'direct-volume resize',
        load().then((module) => module.volumeResize(context(), options)),
      ),
    );
}
