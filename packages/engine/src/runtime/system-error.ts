import { systemErrorLines } from './system-error-lines.ts';

/** An error of the kernel, as Node.js throws it. */
export interface SystemError extends Error {
  /** As `ENOENT`. */
  code: string;
  /** Below 0. */
  errno: number;
  syscall: string;
  path?: string;
}

/** Name and text of an errno. */
function describeErrno(errno: number): { readonly name: string; readonly text: string } {
  const found = new RegExp(`^${errno} (\\S+) (.*)$`, 'm').exec(systemErrorLines);
  return { name: found?.[1] ?? `Unknown system error -${errno}`, text: found?.[2] ?? 'unknown error' };
}

/** The error of a system call that answered `result`, which is minus its errno. */
export function systemError(result: number, syscall: string, path?: string, dest?: string): SystemError {
  const { name, text } = describeErrno(-result);
  const where = `${path === undefined ? '' : ` '${path}'`}${dest === undefined ? '' : ` -> '${dest}'`}`;
  return Object.assign(new Error(`${name}: ${text}, ${syscall}${where}`), {
    errno: result,
    code: name,
    syscall,
    ...(path === undefined ? {} : { path }),
    ...(dest === undefined ? {} : { dest }),
  });
}

/** The result of a system call. Throws SystemError when it is an error. */
export function checked(result: number, syscall: string, path?: string, dest?: string): number {
  if (result < 0) throw systemError(result, syscall, path, dest);
  return result;
}
