import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { HypervisorConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import { childTools, userWords } from './child-words.ts';
import { hostProblem } from './value-check.ts';
import { vmmUser } from './vmm-user.ts';

/** A file that QEMU opens by its path, and how test(1) is asked for the right. */
interface Needed {
  readonly key: string;
  readonly path: string;
  readonly right: '-r' | '-w' | '-x';
}

const rights = { '-r': 'readable', '-w': 'writable', '-x': 'executable' } as const;

/** What keeps QEMU from running as the user that `rootless` asks for. Asks the kernel, as such a user. */
export async function checkRootless(config: HypervisorConfig): Promise<readonly Problem[]> {
  const user = vmmUser(config);
  if (user === undefined) return [];
  if ('problem' in user) return [user.problem];
  const { setpriv } = childTools();
  if (setpriv === undefined)
    return [
      hostProblem(
        'rootless',
        'true',
        'needs /usr/bin/setpriv, which is not there',
        'install the Debian package util-linux',
      ),
    ];
  const needed = neededFiles(config);
  // Prints the index of each that the user may not.
  const script = 'i=0; while [ $# -gt 0 ]; do test "$1" "$2" || echo $i; i=$((i+1)); shift 2; done';
  const pairs = needed.flatMap(({ right, path }) => [right, path]);
  const words = [...userWords(user), '--', '/bin/sh', '-c', script, 'sh', ...pairs];
  let refused: string;
  try {
    refused = (await promisify(execFile)(setpriv, words)).stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    return [
      hostProblem('rootless', 'true', `is impossible here: ${said}`, 'set rootless_user to a user that is'),
    ];
  }
  return refused
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => needed[Number(line)] ?? [])
    .map(({ key, path, right }) =>
      hostProblem(
        key,
        path,
        `must be ${rights[right]} for the user that rootless gives to QEMU, with the folders above it`,
        'give all users that right, or name one who has it in rootless_user',
      ),
    );
}

function neededFiles(config: HypervisorConfig): readonly Needed[] {
  const read = (key: string, path: string): Needed[] => (path === '' ? [] : [{ key, path, right: '-r' }]);
  return [
    { key: 'path', path: config.path, right: '-x' },
    ...read('kernel', config.kernel),
    ...read('image', config.image),
    ...read('initrd', config.initrd),
    ...read('firmware', config.firmware),
    ...read('firmware_volume', config.firmwareVolume),
    ...config.pflashes.flatMap((path) => read('pflashes', path)),
    ...read('entropy_source', config.entropySource),
    ...(config.fileMemBackend === ''
      ? []
      : [{ key: 'file_mem_backend', path: config.fileMemBackend, right: '-w' } as const]),
  ];
}
