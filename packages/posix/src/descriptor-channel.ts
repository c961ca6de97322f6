import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { bothWays, duplicate } from './both-ways.ts';
import { sendDescriptor } from './pass-descriptor.ts';
import { connectUnixDescriptor } from './unix-socket.ts';

/** A stream to a Unix socket over which descriptors can be sent too. */
export interface DescriptorChannel {
  readonly stream: Duplex;
  /**
   * Sends `text` with `fd` beside it, at once: what was written to the stream before must have been taken (its callback
   * called). Throws PosixError, e.g. EPIPE.
   */
  readonly send: (fd: number, text: string) => void;
}

/** Connects to a Unix socket at once; a listener whose backlog is full is waited for. Throws PosixError. */
export function connectDescriptorChannel(path: string): DescriptorChannel {
  const fd = connectUnixDescriptor(path);
  // The stream owns its descriptors; this one is for messages alone.
  const forMessages = duplicate(fd);
  const stream = 'Bun' in globalThis ? bothWays(fd) : new Socket({ fd, readable: true, writable: true });
  let closed = false;
  stream.once('close', () => {
    closed = true;
    closeSync(forMessages);
  });
  return {
    stream,
    send(sent, text) {
      if (closed) throw new Error('the channel is closed');
      sendDescriptor(forMessages, sent, text);
    },
  };
}
