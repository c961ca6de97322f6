import { closeSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import { decodeMessages, viewOf } from '../network/netlink-message.ts';
import { errno, type Libc } from './libc.ts';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 0o2000003;
const NETLINK_ROUTE = 0;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_MULTI = 2;
/** The kernel makes datagrams of at most 32 KiB. */
const DATAGRAM_BYTES = 65_536;

/**
 * Sends one request to the kernel and reads until its reply is whole: an acknowledgement, or the end of a list. The kernel
 * answers before the send returns, so nothing is waited for. Throws AgentError `internal` for what it refuses.
 */
export function netlinkExchange(libc: Libc, request: Uint8Array): Uint8Array[] {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) throw refused('opening a netlink socket', -fd);
  try {
    const sent = libc.write(fd, request);
    if (sent < 0) throw refused('asking the kernel', -sent);
    const datagrams: Uint8Array[] = [];
    const buffer = new Uint8Array(DATAGRAM_BYTES);
    for (;;) {
      const length = libc.read(fd, buffer);
      if (length === -errno.EINTR) continue;
      if (length <= 0) throw refused('reading the answer of the kernel', -length);
      const datagram = buffer.slice(0, length);
      for (const { type, flags, payload } of decodeMessages(datagram)) {
        if (type === NLMSG_ERROR) {
          const code = payload.length >= 4 ? viewOf(payload).getInt32(0, true) : 0;
          if (code !== 0) throw refused('the network request', -code);
          return datagrams;
        }
        if (type === NLMSG_DONE) return [...datagrams, datagram];
        if ((flags & NLM_F_MULTI) === 0) return [...datagrams, datagram];
      }
      datagrams.push(datagram);
    }
  } finally {
    closeSync(fd);
  }
}

const names: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  3: 'ESRCH',
  16: 'EBUSY',
  17: 'EEXIST',
  19: 'ENODEV',
  22: 'EINVAL',
  95: 'EOPNOTSUPP',
  99: 'EADDRNOTAVAIL',
  101: 'ENETUNREACH',
  113: 'EHOSTUNREACH',
};

function refused(what: string, code: number): AgentError {
  return new AgentError('internal', `${what} failed: ${names[code] ?? `errno ${code}`}`);
}
