import { closeSync, constants, openSync } from 'node:fs';
import { callLibc } from './libc.ts';
import { fromNodeError } from './posix-error.ts';

const AF_INET = 2;
const IPPROTO_TCP = 6;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const BACKLOG = 64;
/** 127.0.0.1 as the kernel's program sees it: network byte order, read by a little-endian CPU. */
const LOOPBACK = 0x0100_007f;

// bpf(2).
const MAP_CREATE = 0;
const MAP_UPDATE_ELEM = 2;
const PROG_LOAD = 5;
const LINK_CREATE = 28;
const SOCKMAP = 15;
const SK_LOOKUP = 30;
const ATTACH_SK_LOOKUP = 36;
const SYSCALL_NUMBER = process.arch === 'arm64' ? 280 : 321;

// One piece of C memory: the attributes of a call, what they point to, the program.
const ATTRIBUTES_BYTES = 128;
const KEY_AT = 128;
const VALUE_AT = 136;
const LICENSE_AT = 144;
const PROGRAM_AT = 160;
const ARENA_BYTES = 512;

/** Where it is laid out; calls do not overlap, so one place is enough for all. */
let arenaAddress: number | undefined;

/** A listener for all ports. */
export interface AllPorts {
  /** The listening socket, close-on-exec. The caller closes it; what accepts from it sees the port in the local address. */
  readonly listenerFd: number;
  /** As long as it is open, connections come to the listener. The caller closes it. */
  readonly steeringFd: number;
}

/**
 * Listens for TCP connections to 127.0.0.1 in the network namespace of the calling thread, at every port, also those that
 * somebody else listens at: a program in the kernel (BPF_PROG_TYPE_SK_LOOKUP, Linux 5.9) chooses the socket. Nothing of
 * it is left when the two descriptors are closed, by whatever end of the process.
 *
 * Throws PosixError: EPERM without CAP_NET_ADMIN and CAP_BPF, EINVAL or ENOSYS where the kernel cannot do it.
 */
export function takeAllPorts(): AllPorts {
  const listenerFd = listenOnLoopback();
  const opened: number[] = [];
  try {
    arenaAddress ??= callLibc('malloc', [ARENA_BYTES]);
    const arena = arenaAddress;
    const put = (at: number, bytes: Uint8Array): void => {
      callLibc('copyIn', [arena + at, bytes, bytes.length]);
    };
    const bpf = (command: number, attributes: Attributes): number => {
      put(0, attributes.bytes);
      const result = callLibc('bpf', [SYSCALL_NUMBER, command, arena, ATTRIBUTES_BYTES]);
      if (command !== MAP_UPDATE_ELEM) opened.push(result);
      return result;
    };
    const map = bpf(MAP_CREATE, new Attributes().u32(0, SOCKMAP).u32(4, 4).u32(8, 4).u32(12, 1));
    put(KEY_AT, words(0));
    put(VALUE_AT, words(listenerFd));
    bpf(
      MAP_UPDATE_ELEM,
      new Attributes()
        .u32(0, map)
        .u64(8, arena + KEY_AT)
        .u64(16, arena + VALUE_AT),
    );
    const program = chooserOf(map);
    put(PROGRAM_AT, program);
    put(LICENSE_AT, Buffer.from('Apache-2.0\0'));
    const loaded = bpf(
      PROG_LOAD,
      new Attributes()
        .u32(0, SK_LOOKUP)
        .u32(4, program.length / 8)
        .u64(8, arena + PROGRAM_AT)
        .u64(16, arena + LICENSE_AT)
        .u32(68, ATTACH_SK_LOOKUP),
    );
    const steeringFd = attach(loaded, bpf);
    // The link holds the program, and that the map.
    for (const fd of [map, loaded]) closeSync(fd);
    return { listenerFd, steeringFd };
  } catch (error) {
    for (const fd of [listenerFd, ...opened]) closeSync(fd);
    throw error;
  }
}

function attach(program: number, bpf: (command: number, attributes: Attributes) => number): number {
  const namespace = openOwnNamespace();
  try {
    return bpf(LINK_CREATE, new Attributes().u32(0, program).u32(4, namespace).u32(8, ATTACH_SK_LOOKUP));
  } finally {
    closeSync(namespace);
  }
}

function openOwnNamespace(): number {
  const path = '/proc/thread-self/ns/net';
  try {
    return openSync(path, constants.O_RDONLY);
  } catch (error) {
    throw fromNodeError(error, path);
  }
}

/** Its own port is any that is free. */
function listenOnLoopback(): number {
  const fd = callLibc('socket', [AF_INET, SOCK_STREAM + SOCK_CLOEXEC, 0]);
  try {
    // struct sockaddr_in: family, port, address.
    const address = Buffer.alloc(16);
    address.writeUInt16LE(AF_INET, 0);
    address.set([127, 0, 0, 1], 4);
    callLibc('bind', [fd, address, address.length]);
    callLibc('listen', [fd, BACKLOG]);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** union bpf_attr of a call. */
class Attributes {
  readonly bytes: Buffer = Buffer.alloc(ATTRIBUTES_BYTES);

  u32(at: number, value: number): this {
    this.bytes.writeUInt32LE(value, at);
    return this;
  }

  u64(at: number, value: number): this {
    this.bytes.writeBigUInt64LE(BigInt(value), at);
    return this;
  }
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 4 * index);
  return bytes;
}

/**
 * The program, which sees a struct bpf_sk_lookup: TCP over IPv4 to 127.0.0.1 gets the socket in the map, everything else
 * the one that it would get anyway.
 */
function chooserOf(map: number): Buffer {
  const [r0, r1, r2, r3, r6, r7, frame] = [0, 1, 2, 3, 6, 7, 10];
  const [family, protocol, localAddress] = [8, 12, 40];
  const [mapLookupElem, skRelease, skAssign] = [1, 86, 124];
  /** To the end, from the instruction of this index. */
  const toEnd = (index: number): number => END - index - 1;
  return Buffer.concat([
    instruction(0xbf, r6, r1), //                                    0: r6 = context
    instruction(0x61, r2, r6, family), //                            1
    instruction(0x55, r2, 0, toEnd(2), AF_INET), //                  2: unless equal, end
    instruction(0x61, r2, r6, protocol), //                          3
    instruction(0x55, r2, 0, toEnd(4), IPPROTO_TCP), //              4
    instruction(0x61, r2, r6, localAddress), //                      5
    instruction(0x55, r2, 0, toEnd(6), LOOPBACK), //                 6
    instruction(0x62, frame, 0, -4, 0), //                           7: key 0 on the stack
    instruction(0x18, r1, 1, 0, map), //                             8: r1 = map, two places long
    instruction(0, 0), //                                            9
    instruction(0xbf, r2, frame), //                                10
    instruction(0x07, r2, 0, 0, -4), //                             11: r2 = address of the key
    instruction(0x85, 0, 0, 0, mapLookupElem), //                   12
    instruction(0x15, r0, 0, toEnd(13), 0), //                      13: where there is none, end
    instruction(0xbf, r7, r0), //                                   14: r7 = socket
    instruction(0xbf, r1, r6), //                                   15
    instruction(0xbf, r2, r7), //                                   16
    instruction(0xb7, r3, 0, 0, 0), //                              17
    instruction(0x85, 0, 0, 0, skAssign), //                        18
    instruction(0xbf, r1, r7), //                                   19
    instruction(0x85, 0, 0, 0, skRelease), //                       20
    instruction(0xb7, r0, 0, 0, 1), //                              21: SK_PASS
    instruction(0x95, 0), //                                        22
  ]);
}

/** Index of the first instruction of the end. */
const END = 21;

function instruction(code: number, into: number, from = 0, offset = 0, value = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8((from << 4) | into, 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(value, 4);
  return bytes;
}
