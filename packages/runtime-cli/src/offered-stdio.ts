import { fstatSync } from 'node:fs';
import { type RelayedStream, relayStream } from './relay-stream.ts';

/** Stream places for a task request; empty means none. */
export interface OfferedStdio {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Our own standard streams, offered to the shim. */
export interface StdioOffer {
  readonly places: OfferedStdio;
  /** To be called once the shim has opened the places. */
  taken(): void;
  /** Waits until relayed output has reached the caller. Streams that the shim opens itself need no wait. */
  drained(): Promise<void>;
}

const NULL_DEVICE = 0x103; // makedev(1, 3)

/**
 * Offers this process's stdin, stdout and stderr as paths that the shim can open. Pipes and terminals are opened by
 * the shim directly (`/proc/PID/fd/N` is the same pipe). A regular file opened anew would lose its offset, and a
 * socket cannot be opened at all: those are relayed through a pipe of our own. /dev/null is offered as nothing.
 */
export function offerStdio(): StdioOffer {
  const relays: RelayedStream[] = [];
  const place = (fd: 0 | 1 | 2): string => {
    const kind = kindOf(fd);
    if (kind === 'none') return '';
    if (kind === 'direct') return `/proc/${process.pid}/fd/${fd}`;
    const relay = relayStream(fd);
    relays.push(relay);
    return `/proc/${process.pid}/fd/${relay.offeredFd}`;
  };
  const places = { stdin: place(0), stdout: place(1), stderr: place(2) };
  return {
    places,
    taken: () => {
      for (const relay of relays) relay.taken();
    },
    drained: async () => {
      await Promise.all(relays.map((relay) => relay.finish()));
    },
  };
}

function kindOf(fd: number): 'none' | 'direct' | 'relayed' {
  try {
    const stat = fstatSync(fd);
    if (stat.isFIFO()) return 'direct';
    if (stat.isCharacterDevice()) return stat.rdev === NULL_DEVICE ? 'none' : 'direct';
    return 'relayed';
  } catch {
    return 'none';
  }
}
