import { native } from './native.ts';
import { takeBrokenPipes } from './signals.ts';
import { syscall } from './syscall.ts';
import { systemError } from './system-error.ts';

/**
 * Makes this process another program (execve(2)). Arguments and environment are texts that each end with a NUL, as
 * /proc/self/cmdline and /proc/self/environ have them. The program takes SIGPIPE as any does. Comes back only where that fails, with
 * the error.
 */
export function replaceProgram(path: string, args: Uint8Array, environment: Uint8Array): Error {
  const [argv, envp] = [pointers(args), pointers(environment)];
  takeBrokenPipes();
  return systemError(syscall('execve', path, argv, envp), 'execve', path);
}

/** Addresses of the texts in `texts`, and a null pointer. Valid as long as `texts` is kept. */
function pointers(texts: Uint8Array): BigUint64Array {
  const start = BigInt(native.address(texts));
  const addresses: bigint[] = [];
  let from = 0;
  for (let end = texts.indexOf(0); end !== -1; end = texts.indexOf(0, from)) {
    addresses.push(start + BigInt(from));
    from = end + 1;
  }
  return new BigUint64Array([...addresses, 0n]);
}
