import { encodeProgram, type Step } from '@hako/syscall-program';

/** What one write to a virtio-serial port takes at most. */
const PIECE_BYTES = 32 << 10;
const FILE = '/zeros';

const O_CLOEXEC = 0o2000000;
const O_RDWR = 2;
const O_CREAT = 0o100;

/**
 * An initial root whose `init` copies a file of `bytes` zeros, in memory, so many times to the first virtio-serial port, as cat
 * would, and then sleeps: a copy through the port with nothing around it.
 *
 * @param probe initial root that has the modules for a port (probe-initrd.img); its `init` is replaced
 */
export function copyInitrd(probe: Buffer, bytes: number, times: number): Buffer {
  const modules = cpioNames(probe).filter((name) => name.endsWith('.ko'));
  // The kernel unpacks one archive after the other, and a later file takes an earlier one's place.
  return Buffer.concat([probe, cpioFile('init', copyProgram(modules, bytes, times))]);
}

function copyProgram(modules: readonly string[], bytes: number, times: number): Uint8Array {
  const ports = [0, 1, 2, 3].map((device) => `/dev/vport${device}p1`);
  return encodeProgram([
    { variable: 'piece', bytes: PIECE_BYTES },
    { variable: 'short', bytes: shortTime() },
    ...modules.flatMap((name): Step[] => [
      { call: 'open', args: [`/${name}`, O_CLOEXEC], result: 'module' },
      { call: 'finit_module', args: [{ value: 'module' }, '', 0] },
    ]),
    { call: 'mount', args: ['dev', '/dev', 'devtmpfs', 0, 0] },
    { label: 'open' },
    ...ports.flatMap((name): Step[] => [
      { call: 'open', args: [name, O_RDWR], result: 'port', onError: 'ignore' },
      { ifEqual: [{ value: 'port', offset: 4 }, 0], goto: 'opened' },
    ]),
    { call: 'nanosleep', args: [{ address: 'short' }, 0], onError: 'ignore' },
    { goto: 'open' },
    { label: 'opened' },
    { call: 'open', args: [FILE, O_RDWR | O_CREAT, 0o600], result: 'made' },
    ...Array.from(
      { length: bytes / PIECE_BYTES },
      (): Step => ({ call: 'write', args: [{ value: 'made' }, { address: 'piece' }, PIECE_BYTES] }),
    ),
    ...Array.from({ length: times }, (_, time): Step[] => [
      { call: 'open', args: [FILE, 0], result: 'file' },
      { label: `copy ${time}` },
      { call: 'read', args: [{ value: 'file' }, { address: 'piece' }, PIECE_BYTES], result: 'count' },
      { ifEqual: [{ value: 'count' }, 0], goto: `copied ${time}` },
      { call: 'write', args: [{ value: 'port' }, { address: 'piece' }, PIECE_BYTES] },
      { goto: `copy ${time}` },
      { label: `copied ${time}` },
    ]).flat(),
    { label: 'sleep' },
    { call: 'pause', args: [], onError: 'ignore' },
    { goto: 'sleep' },
  ]);
}

/** struct timespec of a millisecond. */
function shortTime(): Uint8Array {
  const time = new DataView(new ArrayBuffer(16));
  time.setUint32(8, 1_000_000, true);
  return new Uint8Array(time.buffer);
}

const HEADER_BYTES = 110;
const padded = (size: number): number => (size + 3) & ~3;

/** Names in a cpio archive (newc: a header of hexadecimal numbers, the name, the content, each padded to four bytes). */
export function cpioNames(archive: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; archive.toString('latin1', at, at + 6) === '070701'; ) {
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const [size, nameSize] = [field(6), field(11)];
    const name = archive.toString('utf8', at + HEADER_BYTES, at + HEADER_BYTES + nameSize - 1);
    if (name === 'TRAILER!!!') break;
    names.push(name);
    at += padded(HEADER_BYTES + nameSize) + padded(size);
  }
  return names;
}

/** A cpio archive of one executable file. */
function cpioFile(path: string, content: Uint8Array): Buffer {
  const entry = (name: string, mode: number, bytes: Uint8Array): Buffer => {
    const fields = [1, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length + 1, 0];
    const header = `070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}${name}\0`;
    const whole = Buffer.alloc(padded(header.length) + padded(bytes.length));
    whole.write(header, 'latin1');
    whole.set(bytes, padded(header.length));
    return whole;
  };
  return Buffer.concat([entry(path, 0o100755, content), entry('TRAILER!!!', 0, new Uint8Array())]);
}
