import type { ContainerConfig } from '@hako/oci-translate';
import { encodeProgram } from '@hako/syscall-program';
import { STAND_IN_FDS, type StandInFds } from './stand-in.ts';
import { startSecondProcess, takePlace } from './take-place.ts';

/** For a stand-in that was not told how the process ended: the shim is gone. */
const UNKNOWN_STATUS = 255;

const PR_SET_NAME = 15;
const SIG_BLOCK = 0;
const SFD_CLOEXEC = 0o2000000;
const TIOCSCTTY = 0x540e;
const POLLIN = 1;
const O_CLOEXEC = 0o2000000;
const SIGNAL_BYTES = 128;

/** The pipe on which the first process of a container's stand-in tells the pid of the second (startSecondProcess). */
const PID_FD = 5;

/** What a stand-in is for. */
export interface StandInPurpose {
  /** It has a terminal, as its stdin. */
  readonly terminal: boolean;
  /** The container whose place it takes; absent for an exec. */
  readonly container?: ContainerConfig | undefined;
  /** Default: STAND_IN_FDS. */
  readonly fds?: StandInFds;
  /** Said on stderr, which it keeps for that, when it was not told how the process ended. Default: nothing. */
  readonly lastWords?: string;
  /** Numbers of the signals that it tells of; others do with it what they do. Default: all. */
  readonly signals?: readonly number[];
}

/**
 * The stand-in as a static executable of some hundred bytes: one lives as long as each container, and an engine in it
 * would cost more memory than all else that hako has on the host for a container.
 *
 * It blocks its signals, waits until the shim has taken the caller's streams, closes its own, and then writes each
 * signal's number to `signals` until `orders` has the exit status. With `terminal` it makes its stdin the terminal of
 * its session first, so that a change of the terminal's size reaches it as SIGWINCH. With `container` it is two
 * processes, of which the first ends at once, and the second takes the container's place once that is made.
 */
export function standInProgram({
  terminal,
  container,
  fds = STAND_IN_FDS,
  lastWords = '',
  signals,
}: StandInPurpose): Uint8Array {
  // A descriptor of the program's own, after those that the shim knows.
  const signalFd = Math.max(fds.orders, fds.signals) + 1;
  const mask = signals === undefined ? new Uint8Array(8).fill(0xff) : signalMask(signals);
  return encodeProgram([
    { variable: 'polled', bytes: pollEntries(fds.orders, signalFd) },
    { variable: 'order', bytes: 8 },
    { variable: 'signal', bytes: SIGNAL_BYTES },
    ...(container === undefined ? [] : startSecondProcess(PID_FD)),
    { call: 'prctl', args: [PR_SET_NAME, 'hako-stand-in'], onError: 'ignore' },
    { call: 'rt_sigprocmask', args: [SIG_BLOCK, mask, 0, 8] },
    { call: 'signalfd4', args: [-1, mask, 8, SFD_CLOEXEC], result: 'signalfd' },
    // It has that number already where the caller gave all three streams.
    { call: 'dup3', args: [{ value: 'signalfd' }, signalFd, O_CLOEXEC], onError: 'ignore' },
    ...(terminal ? [{ call: 'ioctl', args: [0, TIOCSCTTY, 0], onError: 'ignore' } as const] : []),
    {
      call: 'read',
      args: [fds.orders, { address: 'order' }, 1],
      result: 'count',
      onError: { goto: 'abandoned' },
    },
    { ifEqual: [{ value: 'count' }, 0], goto: 'abandoned' },
    ...(lastWords === '' ? [0, 1, 2] : [0, 1]).map(
      (fd) => ({ call: 'close', args: [fd], onError: 'ignore' }) as const,
    ),
    ...(container === undefined ? [] : takePlace(container)),
    { label: 'wait' },
    { call: 'poll', args: [{ address: 'polled' }, 2, -1], onError: { goto: 'wait' } },
    { ifEqual: [{ value: 'polled', offset: 4 }, POLLIN], goto: 'signalled' },
    {
      call: 'read',
      args: [fds.orders, { address: 'order' }, 1],
      result: 'count',
      onError: { goto: 'abandoned' },
    },
    { ifEqual: [{ value: 'count' }, 0], goto: 'abandoned' },
    { call: 'exit', args: [{ value: 'order', size: 4 }] },
    { label: 'signalled' },
    { call: 'read', args: [signalFd, { address: 'signal' }, SIGNAL_BYTES], onError: { goto: 'wait' } },
    { call: 'write', args: [fds.signals, { address: 'signal' }, 1], onError: 'ignore' },
    { goto: 'wait' },
    { label: 'abandoned' },
    ...(lastWords === ''
      ? []
      : [
          {
            call: 'write',
            args: [2, lastWords, new TextEncoder().encode(lastWords).length],
            onError: 'ignore',
          } as const,
        ]),
    { call: 'exit', args: [UNKNOWN_STATUS] },
  ]);
}

/** sigset_t of the kernel: a bit for each, the lowest for signal 1. */
function signalMask(signals: readonly number[]): Uint8Array {
  const bits = signals.reduce((mask, signal) => mask | (1n << BigInt(signal - 1)), 0n);
  return new Uint8Array(BigUint64Array.of(bits).buffer);
}

/** struct pollfd for each: wanted are bytes to read. The second half of an entry's last four bytes is the answer. */
function pollEntries(...fds: readonly number[]): Uint8Array {
  const entries = new DataView(new ArrayBuffer(8 * fds.length));
  fds.forEach((fd, index) => {
    entries.setInt32(8 * index, fd, true);
    entries.setInt16(8 * index + 4, POLLIN, true);
  });
  return new Uint8Array(entries.buffer);
}
