import type { Duplex } from 'node:stream';
import type { Channel } from './channel.ts';

/**
 * A Duplex (socket, pipe pair, ...) as a channel. The stream must deliver bytes, not text or objects, and belongs to
 * the channel from now on. The peer's end of file closes it: ttRPC does not use half-closed streams.
 */
export function streamChannel(stream: Duplex): Channel {
  return {
    open(listener) {
      let told = false;
      const closed = (cause?: Error): void => {
        if (told) return;
        told = true;
        stream.destroy();
        listener.closed(cause);
      };
      // The error listener stays, so that a late error of a closed stream is nobody's uncaught exception.
      stream.on('error', closed);
      stream.once('end', () => closed());
      stream.once('close', () => closed());
      if (stream.destroyed || stream.readableEnded || stream.errored !== null) {
        const cause = stream.errored ?? undefined;
        queueMicrotask(() => closed(cause));
        return;
      }
      stream.on('drain', () => listener.drain());
      stream.on('data', (chunk: Uint8Array) => {
        if (!told) listener.data(chunk);
      });
    },
    write: (bytes) => stream.destroyed || stream.writableEnded || stream.write(bytes),
    pause: () => {
      stream.pause();
    },
    resume: () => {
      stream.resume();
    },
    end: () => {
      stream.end(() => stream.destroy());
    },
    destroy: () => {
      stream.destroy();
    },
  };
}

/** Anything that may be handed over as a connection. */
export function toChannel(connection: Channel | Duplex): Channel {
  return 'pipe' in connection ? streamChannel(connection) : connection;
}
