import type { ContainerConfig } from '@hako/oci-translate';
import { signalMask } from '@hako/posix';
import { encodeProgram, type Step } from '@hako/syscall-program';
import { STAND_IN_FDS, type StandInFds } from './stand-in-place.ts';
import { startSecondProcess, takePlace } from './take-place.ts';

/** For a stand-in that was not told how the process ended: the shim is gone. */
const UNKNOWN_STATUS = 255;

const PR_SET_NAME = 15;
const SIG_BLOCK = 0;
const SIG_SETMASK = 2;
const SIGCONT = 18;
const SIGWINCH = 28;
const TCSETS = 0x5402;
const O_RDWR = 2;
const SFD_CLOEXEC = 0o2000000;
const TIOCSCTTY = 0x540e;
const POLLIN = 1;
const O_CLOEXEC = 0o2000000;
const SIGNAL_BYTES = 128;

/** The pipe on which the first process of a container's stand-in tells the pid of the second (startSecondProcess). */
const PID_FD = 5;

/** A terminal that was made raw for the process, until its end. */
export interface LentTerminal {
  readonly fd: number;
  /** Its mode before, and now; see terminalMode. */
  readonly before: Uint8Array;
  readonly raw: Uint8Array;
}

/** A program that follows a stand-in, with its arguments (its own name first) and environment (`NAME=value`). */
export interface Successor {
  readonly path: string;
  readonly args: readonly string[];
  readonly environment: readonly string[];
}

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
  /** It keeps this, and gives it its mode back at the end. */
  readonly lent?: LentTerminal | undefined;
  /** What it becomes in place of ending, whatever it was told; it keeps its stderr for that. */
  readonly successor?: Successor | undefined;
}

/**
 * The stand-in as a static executable of some hundred bytes: one lives as long as each container, and an engine in it
 * would cost more memory than all else that hako has on the host for a container.
 *
 * It blocks its signals, waits until the shim has taken the caller's streams, closes its own, and then writes each
 * signal's number to `signals` until `orders` has the exit status. With `terminal` it makes its stdin the terminal of
 * its session first, so that a change of the terminal's size reaches it as SIGWINCH; with `lent` it tells of one at once, since
 * the size may have changed before it could. With `container` it is two processes, of which the first ends at once, and the second takes the container's place once that is made.
 */
export function standInProgram({
  terminal,
  container,
  fds = STAND_IN_FDS,
  lastWords = '',
  signals,
  lent,
  successor,
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
    ...(lent === undefined ? [] : [tell(fds.signals, Uint8Array.of(SIGWINCH))]),
    {
      call: 'read',
      args: [fds.orders, { address: 'order' }, 1],
      result: 'count',
      onError: { goto: 'abandoned' },
    },
    { ifEqual: [{ value: 'count' }, 0], goto: 'abandoned' },
    ...letGo(
      [0, 1, 2].filter(
        (fd) => fd !== lent?.fd && !(fd === 2 && (lastWords !== '' || successor !== undefined)),
      ),
      successor !== undefined,
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
    ...end(lent, successor),
    { call: 'exit', args: [{ value: 'order', size: 4 }] },
    { label: 'signalled' },
    { call: 'read', args: [signalFd, { address: 'signal' }, SIGNAL_BYTES], onError: { goto: 'wait' } },
    ...lendAgain(lent),
    tell(fds.signals, { address: 'signal' }),
    { goto: 'wait' },
    { label: 'abandoned' },
    ...end(lent, successor),
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

function tell(signalsFd: number, number: Uint8Array | { readonly address: string }): Step {
  return { call: 'write', args: [signalsFd, number, 1], onError: 'ignore' };
}

/** Closes streams, or, for a program that follows, puts /dev/null in their places. */
function letGo(fds: readonly number[], isFollowed: boolean): Step[] {
  if (!isFollowed) return fds.map((fd) => ({ call: 'close', args: [fd], onError: 'ignore' }));
  return [
    { call: 'open', args: ['/dev/null', O_RDWR | O_CLOEXEC], result: 'null' },
    ...fds.map((fd): Step => ({ call: 'dup3', args: [{ value: 'null' }, fd, 0], onError: 'ignore' })),
  ];
}

/** Whoever made it go on (a shell's `fg`) has used the terminal meanwhile. */
function lendAgain(lent: LentTerminal | undefined): Step[] {
  if (lent === undefined) return [];
  return [
    { ifEqual: [{ value: 'signal' }, SIGCONT], goto: 'lend again' },
    { goto: 'lent' },
    { label: 'lend again' },
    { call: 'ioctl', args: [lent.fd, TCSETS, lent.raw], onError: 'ignore' },
    { label: 'lent' },
  ];
}

/** What comes before an exit; where a program follows, and can be started, there is none. */
function end(lent: LentTerminal | undefined, successor: Successor | undefined): Step[] {
  const steps: Step[] = [];
  if (lent !== undefined) {
    steps.push({ call: 'ioctl', args: [lent.fd, TCSETS, lent.before], onError: 'ignore' });
  }
  if (successor !== undefined) {
    const { path, args, environment } = successor;
    steps.push(
      { call: 'rt_sigprocmask', args: [SIG_SETMASK, new Uint8Array(8), 0, 8], onError: 'ignore' },
      { call: 'execve', args: [path, { strings: args }, { strings: environment }], onError: 'ignore' },
    );
  }
  return steps;
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
