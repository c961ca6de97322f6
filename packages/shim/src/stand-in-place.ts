/**
 * Descriptors of a stand-in process beside the three streams that it holds for the caller. Both are pipes.
 * - `orders`: it reads two bytes, "your streams were taken" and then the exit status with which it ends. Without
 *   them, that is when the shim is gone, it ends with 255.
 * - `signals`: it writes a byte, the number, for each signal that it gets.
 */
export const STAND_IN_FDS: StandInFds = { orders: 3, signals: 4 };

/** Numbers of the two in the process. */
export interface StandInFds {
  readonly orders: number;
  readonly signals: number;
  /** The terminal that it lends to a process in the guest: whose size counts, and whose mode is to be given back. */
  readonly terminal?: number;
}

/** Where a stand-in is found. */
export interface StandInPlace {
  readonly pid: number;
  /** Default: STAND_IN_FDS. */
  readonly fds?: StandInFds;
}

/** `pid`, `pid:orders:signals` or `pid:orders:signals:terminal`, in decimal numbers. */
export function formatPlace({ pid, fds }: StandInPlace): string {
  if (fds === undefined) return `${pid}`;
  const { orders, signals, terminal } = fds;
  return [pid, orders, signals, ...(terminal === undefined ? [] : [terminal])].join(':');
}

/** The place of such a text; undefined for any other. */
export function parsePlace(text: string): StandInPlace | undefined {
  const match = /^([1-9][0-9]{0,9})(?::([0-9]{1,7}):([0-9]{1,7})(?::([0-9]{1,7}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, pid, orders, signals, terminal] = match;
  if (orders === undefined || signals === undefined) return { pid: Number(pid) };
  const fds = { orders: Number(orders), signals: Number(signals) };
  return {
    pid: Number(pid),
    fds: terminal === undefined ? fds : { ...fds, terminal: Number(terminal) },
  };
}
