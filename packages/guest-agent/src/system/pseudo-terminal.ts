import { closeSync, constants, openSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import type { Libc } from './libc.ts';

const TIOCSPTLCK = 0x4004_5431;
const TIOCGPTN = 0x8004_5430;

/** Both sides of a new terminal of the guest's own. */
export interface PseudoTerminal {
  /** Non-blocking. */
  readonly master: number;
  /** For a process; to be closed here once it has it. */
  readonly slave: number;
}

/** Makes a terminal (pts(4)). Throws AgentError `internal`. */
export function openPseudoTerminal(libc: Pick<Libc, 'ioctl'>): PseudoTerminal {
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
  const master = openSync('/dev/pts/ptmx', O_RDWR | O_NOCTTY | O_NONBLOCK);
  try {
    const unlocked = libc.ioctl(master, TIOCSPTLCK, new Uint8Array(4));
    const number = new Uint8Array(4);
    const told = libc.ioctl(master, TIOCGPTN, number);
    if (unlocked < 0 || told < 0) throw new AgentError('internal', 'a new terminal cannot be had');
    const index = new DataView(number.buffer).getUint32(0, true);
    return { master, slave: openSync(`/dev/pts/${index}`, O_RDWR | O_NOCTTY) };
  } catch (error) {
    closeSync(master);
    throw error;
  }
}
