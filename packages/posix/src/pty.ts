import { closeSync, constants, openSync } from 'node:fs';
import { callLibc } from './libc.ts';
import { fromNodeError, PosixError } from './posix-error.ts';

// ioctl requests of tty_ioctl(4), the same on x86-64 and arm64.
const TIOCGWINSZ = 0x5413;
const TIOCSWINSZ = 0x5414;
const TIOCGPTN = 0x80045430;
const TIOCSPTLCK = 0x40045431;

export interface WindowSize {
  readonly rows: number;
  readonly columns: number;
}

/** Size of the terminal behind `fd`, in characters; undefined once it was hung up. Throws PosixError ENOTTY. */
export function windowSize(fd: number): WindowSize | undefined {
  const size = Buffer.alloc(8);
  try {
    callLibc('ioctl', [fd, TIOCGWINSZ, size]);
  } catch (error) {
    if (error instanceof PosixError && error.code === 'EIO') return undefined;
    throw error;
  }
  return { rows: size.readUInt16LE(0), columns: size.readUInt16LE(2) };
}

/** Sets the size; the terminal's foreground processes get SIGWINCH when it changed. Throws PosixError. */
export function setWindowSize(fd: number, size: WindowSize): void {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(size.rows, 0);
  bytes.writeUInt16LE(size.columns, 2);
  callLibc('ioctl', [fd, TIOCSWINSZ, bytes]);
}

// struct termios of the kernel: four words of flags, the line discipline, 19 control characters.
const TCGETS = 0x5401;
const TCSETS = 0x5402;
const TERMIOS_BYTES = 36;
const [C_IFLAG, C_OFLAG, C_CFLAG, C_LFLAG, C_CC] = [0, 4, 8, 12, 17];
const VTIME = 5;
const VMIN = 6;
/** IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON */
const INPUT_CHANGES = 0o2753;
const OPOST = 0o1;
/** ISIG ICANON ECHO ECHONL IEXTEN */
const LOCAL_CHANGES = 0o100113;
const CSIZE_PARENB = 0o460;
const CS8 = 0o60;

/** How a terminal treats what passes through it, to be given back to `restoreTerminal`. */
export type TerminalMode = Uint8Array & { readonly __terminalMode?: never };

/** How a terminal treats what passes through it now. Throws PosixError ENOTTY. */
export function terminalMode(fd: number): TerminalMode {
  const mode = Buffer.alloc(TERMIOS_BYTES);
  callLibc('ioctl', [fd, TCGETS, mode]);
  return mode;
}

/** Makes a terminal hand bytes through unchanged (cfmakeraw(3)); answers its mode before. Throws PosixError ENOTTY. */
export function makeTerminalRaw(fd: number): TerminalMode {
  const before = Buffer.from(terminalMode(fd));
  const raw = Buffer.from(before);
  raw.writeUInt32LE((before.readUInt32LE(C_IFLAG) & ~INPUT_CHANGES) >>> 0, C_IFLAG);
  raw.writeUInt32LE((before.readUInt32LE(C_OFLAG) & ~OPOST) >>> 0, C_OFLAG);
  raw.writeUInt32LE(((before.readUInt32LE(C_CFLAG) & ~CSIZE_PARENB) | CS8) >>> 0, C_CFLAG);
  raw.writeUInt32LE((before.readUInt32LE(C_LFLAG) & ~LOCAL_CHANGES) >>> 0, C_LFLAG);
  raw[C_CC + VTIME] = 0;
  raw[C_CC + VMIN] = 1;
  callLibc('ioctl', [fd, TCSETS, raw]);
  return before;
}

/** Gives a terminal the mode back that `makeTerminalRaw` found. Throws PosixError. */
export function restoreTerminal(fd: number, mode: TerminalMode): void {
  callLibc('ioctl', [fd, TCSETS, mode]);
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
