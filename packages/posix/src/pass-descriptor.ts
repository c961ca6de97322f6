import { constants } from 'node:os';
import { callLibc } from './libc.ts';
import { posixError } from './posix-error.ts';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x4000_0000;

// One message in C memory: struct msghdr, struct iovec, one control message with one descriptor, text.
const IOV_AT = 56;
const CONTROL_AT = 72;
const TEXT_AT = 96;
const CONTROL_BYTES = 24;
const CONTROL_USED = 20;
const LONGEST_TEXT = 4096;
const MESSAGE_BYTES = TEXT_AT + LONGEST_TEXT;

/** Where messages are laid out; calls do not overlap, so one place is enough for all. */
let messageAddress: number | undefined;

/**
 * Sends a descriptor over a connected Unix socket (SCM_RIGHTS), with `text` beside it: OCI runtimes send the master
 * side of a terminal to a console socket so. The receiver has a descriptor of its own; `fd` stays open here.
 * Throws PosixError, e.g. EPIPE.
 */
export function sendDescriptor(socketFd: number, fd: number, text: string): void {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || bytes.length > LONGEST_TEXT)
    throw posixError('sendmsg', constants.errno.EMSGSIZE);
  const { message, address } = layOut(bytes.length);
  message.writeBigUInt64LE(BigInt(CONTROL_USED), CONTROL_AT);
  message.writeInt32LE(SOL_SOCKET, CONTROL_AT + 8);
  message.writeInt32LE(SCM_RIGHTS, CONTROL_AT + 12);
  message.writeInt32LE(fd, CONTROL_AT + 16);
  bytes.copy(message, TEXT_AT);
  callLibc('copyIn', [address, message, message.length]);
  callLibc('sendmsg', [socketFd, address, MSG_NOSIGNAL]);
}

/** A descriptor that came over a Unix socket. */
export interface ReceivedDescriptor {
  /** Close-on-exec; the caller closes it. */
  readonly fd: number;
  readonly text: string;
}

/** Receives what `sendDescriptor` sent. Throws PosixError, EBADMSG for a message or an end without a descriptor. */
export function receiveDescriptor(socketFd: number): ReceivedDescriptor {
  const { message, address } = layOut(LONGEST_TEXT);
  callLibc('copyIn', [address, message, message.length]);
  const length = callLibc('recvmsg', [socketFd, address, MSG_CMSG_CLOEXEC]);
  callLibc('copyOut', [message, address, message.length]);
  const carriesOne =
    message.readBigUInt64LE(40) >= BigInt(CONTROL_USED) &&
    message.readBigUInt64LE(CONTROL_AT) === BigInt(CONTROL_USED) &&
    message.readInt32LE(CONTROL_AT + 8) === SOL_SOCKET &&
    message.readInt32LE(CONTROL_AT + 12) === SCM_RIGHTS;
  if (!carriesOne) throw posixError('recvmsg', constants.errno.EBADMSG);
  return {
    fd: message.readInt32LE(CONTROL_AT + 16),
    text: message.toString('utf8', TEXT_AT, TEXT_AT + length),
  };
}

function layOut(textBytes: number): { message: Buffer; address: number } {
  messageAddress ??= callLibc('malloc', [MESSAGE_BYTES]);
  const address = messageAddress;
  const message = Buffer.alloc(TEXT_AT + textBytes);
  const put = (at: number, value: number): void => {
    message.writeBigUInt64LE(BigInt(value), at);
  };
  put(16, address + IOV_AT); // msg_iov
  put(24, 1); // msg_iovlen
  put(32, address + CONTROL_AT); // msg_control
  put(40, CONTROL_BYTES); // msg_controllen
  put(IOV_AT, address + TEXT_AT);
  put(IOV_AT + 8, textBytes);
  return { message, address };
}
