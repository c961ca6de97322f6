import { fstatSync } from 'node:fs';
import { closeOnExecFrom } from './inherited-fds.ts';
import { callLibc, cString } from './libc.ts';

const F_SETFD = 2;
const POINTER_BYTES = 8;

/**
 * Makes this process another program (execve(2)): same pid, parent and streams. The descriptors of `keepFds` stay open,
 * all others from 3 on are closed; the environment is empty. Nothing of this program runs any more, `exit` listeners
 * neither.
 *
 * @param args with the program's own name first
 * @throws PosixError when the program cannot be started: then this process goes on
 */
export function becomeProgram(path: string, args: readonly string[], keepFds: readonly number[]): never {
  closeOnExecFrom(3);
  // Engines mark the streams, too.
  for (const fd of [0, 1, 2]) if (isOpen(fd)) callLibc('fcntl', [fd, F_SETFD, 0]);
  for (const fd of keepFds) callLibc('fcntl', [fd, F_SETFD, 0]);
  callLibc('execve', [cString(path, 'execve'), argumentList(args), argumentList([])], path);
  throw new Error('execve came back');
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

/** Address of pointers to C strings and a NULL after them, in memory of C that is never freed. */
function argumentList(args: readonly string[]): number {
  const texts = args.map((text) => cString(text, 'execve'));
  const pointersBytes = POINTER_BYTES * (texts.length + 1);
  const size = texts.reduce((sum, { length }) => sum + length, pointersBytes);
  const address = callLibc('malloc', [size]);
  const list = Buffer.alloc(size);
  let at = pointersBytes;
  texts.forEach((text, index) => {
    list.writeBigUInt64LE(BigInt(address + at), POINTER_BYTES * index);
    list.set(text, at);
    at += text.length;
  });
  callLibc('copyIn', [address, list, size]);
  return address;
}
