import { constants } from 'node:os';
import { CodedError, isCodedError } from '@hako/errors';

/** Symbolic errno, e.g. `ENOENT`; `EUNKNOWN` for a number that this platform has no name for. */
export type ErrnoName = `E${string}`;

export interface PosixErrorFacts {
  /** System call that failed, e.g. `mount`. */
  readonly syscall: string;
  readonly errno: number;
  /** Path that the call was about, when there was one. */
  readonly path?: string;
}

/** A system call that failed. `code` is the errno's name, as in Node's own system errors. */
export class PosixError extends CodedError<ErrnoName, PosixErrorFacts> {
  override readonly name = 'PosixError';
}

const namesByNumber: ReadonlyMap<number, ErrnoName> = new Map(
  Object.entries(constants.errno)
    // EWOULDBLOCK and EOPNOTSUPP share numbers with the names that people know better.
    .filter(([name]) => name !== 'EWOULDBLOCK' && name !== 'EOPNOTSUPP')
    .map(([name, value]) => [value, name as ErrnoName]),
);

/** Name of an errno value. */
export function errnoName(errno: number): ErrnoName {
  return namesByNumber.get(errno) ?? 'EUNKNOWN';
}

export function posixError(syscall: string, errno: number, path?: string): PosixError {
  const code = errnoName(errno);
  const about = path === undefined ? '' : ` ${JSON.stringify(path)}`;
  return new PosixError(code, `${syscall}${about} failed with ${code}`, {
    facts: { syscall, errno, ...(path === undefined ? {} : { path }) },
  });
}

/** Turns an error of node:fs or node:net into a PosixError; anything else is returned as it is. */
export function fromNodeError(error: unknown, path?: string): unknown {
  if (!(error instanceof Error) || error instanceof PosixError) return error;
  const { errno, syscall, code } = error as NodeJS.ErrnoException;
  if (typeof errno !== 'number' || typeof code !== 'string') return error;
  const about = path === undefined ? '' : ` ${JSON.stringify(path)}`;
  return new PosixError(code as ErrnoName, `${syscall ?? 'call'}${about} failed with ${code}`, {
    facts: { syscall: syscall ?? 'call', errno: Math.abs(errno), ...(path === undefined ? {} : { path }) },
    cause: error,
  });
}

/** True for a PosixError, also of another installed copy of this package. */
export function isPosixError(value: unknown): value is PosixError {
  return isCodedError(value) && value.name === 'PosixError';
}
