import { posix } from 'node:path';
import { sandboxError } from './sandbox-error.ts';

/**
 * Path of a sandbox's cgroup below each hierarchy's mount point, from `linux.cgroupsPath` (OCI runtime specification,
 * "Control groups"): as given, relative paths below the root, `..` never leaving it. `/hako-ID` when it is not set.
 *
 * With `systemd` the path has the form SLICE:PREFIX:NAME (`--systemd-cgroup`) and becomes the path at which systemd keeps
 * such a scope: `/machine.slice/PREFIX-NAME.scope`, a slice `a-b.slice` lying in `a.slice`.
 *
 * @throws SandboxError `host-refused` when the systemd form is asked for and not given
 */
export function hostCgroupPath(
  cgroupsPath: string | undefined,
  sandboxId: string,
  options: { readonly systemd: boolean },
): string {
  if (cgroupsPath === undefined || cgroupsPath === '') return ownCgroupPath(sandboxId);
  if (!options.systemd) return posix.join('/', cgroupsPath);
  const [slice = '', prefix = '', name = '', ...more] = cgroupsPath.split(':');
  if (name === '' || more.length > 0 || cgroupsPath.includes('/')) {
    throw sandboxError(
      'host-refused',
      `linux.cgroupsPath ${JSON.stringify(cgroupsPath)} must have the form SLICE:PREFIX:NAME with --systemd-cgroup`,
    );
  }
  const scope = prefix === '' ? `${name}.scope` : `${prefix}-${name}.scope`;
  return `/${[...slicePath(slice === '' ? 'system.slice' : slice), scope].join('/')}`;
}

/** Of a sandbox for which nobody names one. */
export function ownCgroupPath(sandboxId: string): string {
  return `/hako-${sandboxId}`;
}

/** `a-b.slice` is kept as `a.slice/a-b.slice` (systemd.slice(5)). */
function slicePath(slice: string): string[] {
  const words = slice.replace(/\.slice$/, '').split('-');
  return words.map((_, index) => `${words.slice(0, index + 1).join('-')}.slice`);
}
