import { expect, test } from 'vitest';
import { errno, type Libc } from './libc.ts';
import { type Poller, pollEvents } from './poller.ts';
import { PortChannel } from './port-channel.ts';
import { WatchList } from './watch-list.ts';

const portFd = 3;

/** A port whose host does what the test says. */
class ScriptedPort {
  readonly incoming: (Uint8Array | 'closed')[] = [];
  readonly written: Uint8Array[] = [];
  /** How much the port's queue takes before it is full. */
  room = Number.POSITIVE_INFINITY;
  hostIsThere = true;
  readonly libc = {
    read: (_fd: number, into: Uint8Array): number => {
      const next = this.incoming.shift();
      if (next === undefined) return this.hostIsThere ? -errno.EAGAIN : 0;
      if (next === 'closed') return 0;
      into.set(next);
      return next.length;
    },
    write: (_fd: number, from: Uint8Array): number => {
      const count = Math.min(from.length, this.room, 32_768);
      if (count === 0) return -errno.EAGAIN;
      this.room -= count;
      this.written.push(from.slice(0, count));
      return count;
    },
  } as Partial<Libc> as Libc;
  readonly watches = new WatchList();
  readonly poller: Pick<Poller, 'watch'> = {
    watch: (fd, events, ready) => this.watches.add(fd, events, ready),
  };

  /** Something has changed about the port. */
  change(): void {
    const readable = this.incoming.length > 0 ? pollEvents.in : 0;
    const writable = this.room > 0 ? pollEvents.out : 0;
    this.watches.tell(portFd, readable | writable | (this.hostIsThere ? 0 : pollEvents.hangUp));
  }

  channel() {
    const seen: string[] = [];
    const channel = new PortChannel(this.libc, this.poller, portFd);
    channel.open({
      data: (bytes) => seen.push(`data ${Buffer.from(bytes).toString()}`),
      drain: () => seen.push('drain'),
      closed: (cause) => seen.push(cause === undefined ? 'closed' : `closed: ${cause.message}`),
    });
    return { channel, seen };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('gives what was there before it was opened, then waits for more', async () => {
  const port = new ScriptedPort();
  port.incoming.push(Buffer.from('early'));
  const { seen } = port.channel();
  expect(seen).toEqual([]);
  await turn();
  expect(seen).toEqual(['data early']);
  expect(port.watches.fds).toEqual([portFd]);
  port.incoming.push(Buffer.from('one'), Buffer.from('two'));
  port.change();
  expect(seen).toEqual(['data early', 'data one', 'data two']);
});

test('closes once when the host does', async () => {
  const port = new ScriptedPort();
  const { channel, seen } = port.channel();
  await turn();
  port.incoming.push(Buffer.from('last'), 'closed');
  port.change();
  await turn();
  expect(seen).toEqual(['data last', 'closed']);
  channel.destroy();
  channel.write(Buffer.from('late'));
  await turn();
  expect(seen).toEqual(['data last', 'closed']);
  expect(port.written).toEqual([]);
  expect(port.watches.fds).toEqual([]);
});

test('a paused channel reads nothing', async () => {
  const port = new ScriptedPort();
  const { channel, seen } = port.channel();
  channel.pause();
  port.incoming.push(Buffer.from('x'));
  await turn();
  expect(seen).toEqual([]);
  channel.resume();
  await turn();
  expect(seen).toEqual(['data x']);
});

test('a host that does not read is waited for, and nothing is lost or out of order', async () => {
  const port = new ScriptedPort();
  const { channel, seen } = port.channel();
  await turn();
  port.room = 100_000;
  const first = Buffer.alloc(200_000, 1);
  const second = Buffer.alloc(200_000, 2);
  expect(channel.write(first)).toBe(true);
  expect(channel.write(second)).toBe(false);
  expect(channel.queuedBytes).toBe(300_000);
  port.change();
  await turn();
  expect(seen).toEqual([]);
  port.room = Number.POSITIVE_INFINITY;
  port.change();
  expect(seen).toEqual(['drain']);
  expect(Buffer.concat(port.written).equals(Buffer.concat([first, second]))).toBe(true);
});

test('a host that leaves while answers wait ends the channel', async () => {
  const port = new ScriptedPort();
  const { channel, seen } = port.channel();
  await turn();
  port.room = 0;
  channel.write(Buffer.from('answer'));
  port.hostIsThere = false;
  port.change();
  await turn();
  expect(seen).toEqual(['closed']);
  expect(port.watches.fds).toEqual([]);
  // The next session starts without it.
  port.room = 1000;
  port.change();
  expect(port.written).toEqual([]);
});
