import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AgentAddress } from './agent-address.ts';
import { AgentError } from './agent-error.ts';
import { connectionFailure } from './connection-failure.ts';
import { visibleText } from './visible-text.ts';
import { openVsock } from './vsock-transport.ts';

/** Settings of openTransport. */
export interface TransportOptions {
  /** How long connecting, and the VMM's answer on hybrid vsock, may take. Default 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The VMM answers `OK` and a port number. */
const maxAnswerBytes = 128;

/**
 * Connects to where the agent is, or will be once the guest has booted. Does not wait for the agent: connectAgent does. By vsock
 * nothing waits for a guest that boots, so there this tries until the agent listens.
 * @throws AgentError `unreachable`, `timeout`, `cancelled`; `unsupported` where the host's kernel has no vsock
 */
export async function openTransport(address: AgentAddress, options: TransportOptions = {}): Promise<Duplex> {
  switch (address.kind) {
    case 'vsock':
      return openVsock(address, options);
    case 'unix':
      return attempt(address, options, async () => {});
    case 'hybrid-vsock':
      return attempt(address, options, (socket) => requestPort(socket, address));
  }
}

/** Connects and runs `handshake`, all within the deadline; closes the socket when either fails. */
function attempt(
  address: Exclude<AgentAddress, { kind: 'vsock' }>,
  { timeoutMs = 10_000, signal }: TransportOptions,
  handshake: (socket: Socket) => Promise<void>,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address.path);
    // Stays, so that an error before the next owner listens is not an uncaught exception; the stream keeps it.
    socket.on('error', () => {});
    const settle = (error?: AgentError): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      socket.off('error', failed).off('close', ended);
      if (error === undefined) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(error);
    };
    const failed = (cause: Error): void =>
      settle(connectionFailure('unreachable', address, cause.message, cause));
    const ended = (): void => settle(connectionFailure('unreachable', address, 'connection ended'));
    const aborted = (): void =>
      settle(connectionFailure('cancelled', address, 'cancelled by the caller', signal?.reason));
    const timer = setTimeout(
      () => settle(connectionFailure('timeout', address, `no connection in ${timeoutMs} ms`)),
      timeoutMs,
    );
    signal?.addEventListener('abort', aborted, { once: true });
    socket.on('error', failed).on('close', ended);
    socket.once('connect', () => {
      handshake(socket).then(
        () => settle(),
        (error: unknown) => {
          settle(
            error instanceof AgentError
              ? error
              : connectionFailure('unreachable', address, String(error), error),
          );
        },
      );
    });
    if (signal?.aborted === true) aborted();
  });
}

/** The hybrid vsock handshake. What comes behind the answer's line stays in the socket. */
function requestPort(
  socket: Socket,
  address: Extract<AgentAddress, { kind: 'hybrid-vsock' }>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const done = (outcome: () => void): void => {
      socket.off('readable', read).off('end', ended);
      outcome();
    };
    const refuse = (what: string): void =>
      done(() => reject(connectionFailure('unreachable', address, what)));
    const ended = (): void => refuse('VMM closed the connection: nobody listens on that port');
    const read = (): void => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
        answer = Buffer.concat([answer, chunk]);
        const end = answer.indexOf('\n');
        if (end === -1 && answer.length <= maxAnswerBytes) continue;
        const line = answer.toString('utf8', 0, end === -1 ? maxAnswerBytes : end);
        if (end === -1 || end > maxAnswerBytes || !/^OK( |$)/.test(line)) {
          refuse(`VMM answered "${visibleText(line, 60)}"`);
          return;
        }
        const rest = answer.subarray(end + 1);
        done(() => {
          if (rest.length > 0) socket.unshift(rest);
          resolve();
        });
        return;
      }
    };
    socket.on('readable', read).once('end', ended);
    socket.write(`CONNECT ${address.port}\n`);
  });
}
