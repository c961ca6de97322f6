/** For programs that ask the kernel what Node's modules do not offer. Only in programs that this package compiled. */
export { type ChildOptions, startChild } from './child.ts';
export { native, type SyscallArgument } from './native.ts';
export { replaceProgram } from './replace-program.ts';
export { readiness, watchDescriptor } from './run-loop.ts';
export { syscall } from './syscall.ts';
