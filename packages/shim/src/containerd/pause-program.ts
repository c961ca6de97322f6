import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig } from '@hako/oci-translate';
import { encodeProgram } from '@hako/syscall-program';
import type { Mount } from '@hako/task-protocol';

/** The root file system of a pause container without its image. */
export const pauseRootfs: readonly Mount[] = [
  { type: 'tmpfs', source: 'tmpfs', target: '', options: ['size=1m', 'mode=755'] },
];

const PROGRAM = '/pause';
const SIGCHLD = 17;
/** struct sigaction of the kernel, with SIG_IGN: handler, flags, restorer, mask. */
const ignored = Uint8Array.from({ length: 32 }, (_byte, index) => (index === 0 ? 1 : 0));

/**
 * Waits for ever. What ends as its child, as all orphans of a pod with one pid namespace do, is reaped by the kernel, since
 * it ignores that.
 */
function pauseProgram(): Uint8Array {
  return encodeProgram([
    { call: 'rt_sigaction', args: [SIGCHLD, ignored, 0, 8] },
    { label: 'wait' },
    { call: 'pause', args: [], onError: 'ignore' },
    { goto: 'wait' },
  ]);
}

/** Puts the program into a root file system, and has the container run it in place of what its image says. */
export function runPauseProgram(container: ContainerConfig, rootfs: string): ContainerConfig {
  writeFileSync(join(rootfs, PROGRAM), pauseProgram(), { mode: 0o755 });
  const { spec } = container;
  if (spec.process === undefined) return container;
  return { ...container, spec: { ...spec, process: { ...spec.process, args: [PROGRAM], cwd: '/' } } };
}
