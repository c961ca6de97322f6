import type { Duplex } from 'node:stream';
import { type ConnectVsockOptions, connectVsock, isPosixError, type VsockAddress } from '@hako/posix';
import type { AgentAddress } from './agent-address.ts';
import { connectionFailure } from './connection-failure.ts';
import type { TransportOptions } from './transport.ts';

type Connect = (address: VsockAddress, options: ConnectVsockOptions) => Promise<Duplex>;

/** See openTransport. */
export async function openVsock(
  address: Extract<AgentAddress, { kind: 'vsock' }>,
  { timeoutMs = 10_000, signal }: TransportOptions,
  connect: Connect = connectVsock,
): Promise<Duplex> {
  try {
    signal?.throwIfAborted();
    const stream = await connect(address, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
    // Stays, so that an error before the next owner listens is not an uncaught exception; the stream keeps it.
    stream.on('error', () => {});
    return stream;
  } catch (error) {
    if (signal?.aborted === true)
      throw connectionFailure('cancelled', address, 'cancelled by the caller', signal.reason);
    if (!isPosixError(error)) throw error;
    if (error.code === 'ETIMEDOUT')
      throw connectionFailure('timeout', address, `no connection in ${timeoutMs} ms`, error);
    if (error.code === 'EAFNOSUPPORT')
      throw connectionFailure(
        'unsupported',
        address,
        "this host's kernel has no vsock (modules vsock and vhost_vsock)",
        error,
      );
    throw connectionFailure('unreachable', address, error.message, error);
  }
}
