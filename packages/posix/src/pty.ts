import { closeSync, constants, openSync } from 'node:fs';
import { callLibc } from './libc.ts';
import { fromNodeError } from './posix-error.ts';

// ioctl requests of tty_ioctl(4), the same on x86-64 and arm64.
const TIOCGWINSZ = 0x5413;
const TIOCSWINSZ = 0x5414;
const TIOCGPTN = 0x80045430;
const TIOCSPTLCK = 0x40045431;

export interface WindowSize {
  readonly rows: number;
  readonly columns: number;
}

/** Size of the terminal behind `fd`, in characters. Throws PosixError ENOTTY. */
export function windowSize(fd: number): WindowSize {
  const size = Buffer.alloc(8);
  callLibc('ioctl', [fd, TIOCGWINSZ, size]);
  return { rows: size.readUInt16LE(0), columns: size.readUInt16LE(2) };
}

/** Sets the size; the terminal's foreground processes get SIGWINCH when it changed. Throws PosixError. */
export function setWindowSize(fd: number, size: WindowSize): void {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(size.rows, 0);
  bytes.writeUInt16LE(size.columns, 2);
  callLibc('ioctl', [fd, TIOCSWINSZ, bytes]);
}

export interface Pty {
  /** Master side; the caller closes it. */
  readonly masterFd: number;
  /** Slave side to open, e.g. `/dev/pts/3`. */
  readonly slavePath: string;
}

/** Makes a pseudo-terminal. Throws PosixError. */
export function openPty(): Pty {
  let masterFd: number;
  try {
    masterFd = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch (error) {
    throw fromNodeError(error, '/dev/ptmx');
  }
  try {
    const number = Buffer.alloc(4);
    callLibc('ioctl', [masterFd, TIOCSPTLCK, Buffer.alloc(4)]);
    callLibc('ioctl', [masterFd, TIOCGPTN, number]);
    return { masterFd, slavePath: `/dev/pts/${number.readInt32LE(0)}` };
  } catch (error) {
    closeSync(masterFd);
    throw error;
  }
}
