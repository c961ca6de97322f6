import { closeSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import { errno, type Libc } from './libc.ts';
import { type Poller, pollEvents } from './poller.ts';
import type { Sessions } from './port.ts';
import { PortChannel } from './port-channel.ts';

const AF_VSOCK = 40;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const ANY_CONTEXT = 0xffff_ffff;
const HOST_CONTEXT = 2;
/** Of struct sockaddr_vm. */
const ADDRESS_BYTES = 16;

/** What a guest needs for vsock with a host beneath it; it brings the family with it. */
export const vsockModules: readonly string[] = ['vmw_vsock_virtio_transport'];

/** Where a host of Kata's expects its agent. */
export const agentVsockPort = 1024;

/**
 * Serves whoever connects to a vsock port, many at once. The host alone may: a family of sockets is not among what a container has
 * of its own, so that processes in the guest reach this port too.
 *
 * @param contextId who may; default the host
 * @throws AgentError `internal` where the kernel has no vsock, or the port is taken
 */
export function serveVsock(
  { libc, poller }: { readonly libc: Libc; readonly poller: Poller },
  port: number,
  server: Sessions,
  contextId: number = HOST_CONTEXT,
): void {
  const listener = listen(libc, port);
  const acceptAll = (): void => {
    let fd: number;
    do {
      fd = libc.accept4(listener, SOCK_NONBLOCK + SOCK_CLOEXEC);
      if (fd >= 0) serveConnection(fd);
    } while (fd >= 0 || fd === -errno.EINTR || fd === -errno.ECONNABORTED);
    poller.watch(listener, pollEvents.in, acceptAll);
  };
  const serveConnection = (fd: number): void => {
    if (peerOf(libc, fd) !== contextId) {
      closeSync(fd);
      return;
    }
    poller.adopt(fd);
    const ended = (): void => {
      poller.release(fd);
      closeSync(fd);
    };
    server.serve(new PortChannel(libc, poller, fd, ended));
  };
  poller.adopt(listener);
  acceptAll();
}

function listen(libc: Libc, port: number): number {
  const fd = libc.socket(AF_VSOCK, SOCK_STREAM + SOCK_NONBLOCK + SOCK_CLOEXEC, 0);
  if (fd < 0) throw failed('making a vsock socket', fd);
  const address = new Uint8Array(ADDRESS_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_VSOCK, true);
  view.setUint32(4, port, true);
  view.setUint32(8, ANY_CONTEXT, true);
  const result = libc.bind(fd, address, address.length) || libc.listen(fd, 16);
  if (result >= 0) return fd;
  closeSync(fd);
  throw failed(`listening on vsock port ${port}`, result);
}

function peerOf(libc: Libc, fd: number): number | undefined {
  const address = new Uint8Array(ADDRESS_BYTES);
  const result = libc.getpeername(fd, address, new Int32Array([ADDRESS_BYTES]));
  return result < 0 ? undefined : new DataView(address.buffer).getUint32(8, true);
}

function failed(what: string, result: number): AgentError {
  return new AgentError('internal', `${what} failed with errno ${-result}`);
}
