import { closeSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import { errno, type Libc } from './libc.ts';
import { type Poller, pollEvents } from './poller.ts';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 0o2000003;
const NETLINK_KOBJECT_UEVENT = 15;
const DATAGRAM_BYTES = 8192;

/**
 * Calls `changed` whenever the kernel tells of a device that comes, goes or changes (uevents), until the answered function
 * is called. What they say is not read: who waits looks whether it is there. Throws AgentError `internal`.
 */
export function watchUevents(libc: Libc, poller: Poller, changed: () => void): () => void {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  if (fd < 0) throw new AgentError('internal', `opening a uevent socket failed: errno ${-fd}`);
  // struct sockaddr_nl: family, padding, pid (the kernel's choice), groups (1: those of the kernel).
  const address = new Uint8Array(12);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_NETLINK, true);
  view.setUint32(8, 1, true);
  const bound = libc.bind(fd, address, address.length);
  if (bound < 0) {
    closeSync(fd);
    throw new AgentError('internal', `listening for uevents failed: errno ${-bound}`);
  }
  poller.adopt(fd);
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  let endWatch: (() => void) | undefined;
  const drain = (): void => {
    // ENOBUFS: some were lost, which is as good a reason to look as one that came.
    for (let count = 1; count !== -errno.EAGAIN; ) count = libc.read(fd, buffer);
    endWatch = poller.watch(fd, pollEvents.in, () => {
      drain();
      changed();
    });
  };
  drain();
  return () => {
    endWatch?.();
    poller.release(fd);
    closeSync(fd);
  };
}
