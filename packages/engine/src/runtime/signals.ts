import { watchDescriptor } from './run-loop.ts';
import { syscall } from './syscall.ts';
import { checked } from './system-error.ts';

const SIG_BLOCK = 0;
const maskBytes = 8;
const SFD_NONBLOCK_CLOEXEC = 0o2004000;
const infoBytes = 128;
const SIG_DFL = 0n;
const SIG_IGN = 1n;

/** Numbers of signals; the same on x86-64 and arm64. */
export const signalNumbers = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGWINCH: 28,
} as const;

export type SignalName = keyof typeof signalNumbers;

const handlers = new Map<number, Set<() => void>>();
let signalFd = -1;

/** Calls `handler` when the signal has come, from the loop; as in Node.js the program does not wait for it. The answer ends it. */
export function onSignal(name: SignalName, handler: () => void): () => void {
  const number = signalNumbers[name];
  const others = handlers.get(number) ?? new Set();
  handlers.set(number, others.add(handler));
  const mask = new BigUint64Array(1);
  for (const listened of handlers.keys()) mask[0] = (mask[0] ?? 0n) | (1n << BigInt(listened - 1));
  checked(syscall('rt_sigprocmask', SIG_BLOCK, mask, null, maskBytes), 'rt_sigprocmask');
  const fd = checked(syscall('signalfd4', signalFd, mask, maskBytes, SFD_NONBLOCK_CLOEXEC), 'signalfd4');
  if (signalFd < 0) {
    signalFd = fd;
    watchDescriptor(fd, deliver, { keepAlive: false });
  }
  return () => {
    others.delete(handler);
  };
}

function deliver(): void {
  const info = new DataView(new ArrayBuffer(infoBytes));
  while (syscall('read', signalFd, info.buffer, infoBytes) === infoBytes) {
    for (const handler of [...(handlers.get(info.getUint32(0, true)) ?? [])]) handler();
  }
}

/** What a program that takes this one's place expects. */
export function takeBrokenPipes(): void {
  syscall('rt_sigaction', signalNumbers.SIGPIPE, new BigUint64Array([SIG_DFL, 0n, 0n, 0n]), null, maskBytes);
}

/** Writing to a pipe that nobody reads is an error like any other, as in Node.js. */
export function ignoreBrokenPipes(): void {
  // struct sigaction of the kernel: handler, flags, (x86-64: restorer,) mask.
  syscall('rt_sigaction', signalNumbers.SIGPIPE, new BigUint64Array([SIG_IGN, 0n, 0n, 0n]), null, maskBytes);
}
