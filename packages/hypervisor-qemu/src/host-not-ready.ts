import type { Problem } from '@hako/errors';
import { type QemuError, qemuError } from './qemu-error.ts';

/** All that is missing on the host, in one error. `what` is what the host cannot do, e.g. `start the VM`. */
export function hostNotReady(problems: readonly Problem[], what = 'start the VM'): QemuError {
  const all = problems.map(({ field, value, rule, fix }) => {
    const subject = value === undefined ? field : `${field} ${JSON.stringify(value)}`;
    return `${subject} ${rule}${fix === undefined ? '' : `; ${fix}`}`;
  });
  return qemuError('host-not-ready', `this host cannot ${what}: ${all.join('. ')}`, { problems });
}
