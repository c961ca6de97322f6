import { errno } from './libc.ts';

/** Flag of recvmsg(2): what is received is closed in children. */
export const MSG_CMSG_CLOEXEC = 0x4000_0000;

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;

/**
 * Memory for receiving one descriptor: struct msghdr (56 bytes), one struct iovec (16), room for one control message
 * (24) and for the text beside it (72). On Linux x86-64 and arm64 alike.
 */
export const descriptorMessageBytes = 168;

/** Writes the pointers of a message that lies at `address`, as the kernel sees it. */
export function layOutDescriptorMessage(message: DataView, address: number): void {
  const pointer = (at: number, target: number): void => {
    message.setBigUint64(at, BigInt(address + target), true);
  };
  pointer(16, 56); // msg_iov
  message.setBigUint64(24, 1n, true); // msg_iovlen
  pointer(32, 72); // msg_control
  message.setBigUint64(40, 24n, true); // msg_controllen
  pointer(56, 96); // iov_base
  message.setBigUint64(64, 72n, true); // iov_len
}

/** The descriptor of a received message, or minus EBADMSG. */
export function descriptorOf(message: DataView): number {
  const carriesOne =
    message.getBigUint64(40, true) >= 20n &&
    message.getBigUint64(72, true) === 20n &&
    message.getInt32(80, true) === SOL_SOCKET &&
    message.getInt32(84, true) === SCM_RIGHTS;
  return carriesOne ? message.getInt32(88, true) : -errno.EBADMSG;
}
