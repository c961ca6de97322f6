import { syscall } from '../syscall.ts';
import { checked } from '../system-error.ts';

/** struct statfs of 64-bit machines: words of eight bytes. */
const statfsBytes = 120;

/** What Node's `fs.StatsFs` has. Sizes are in blocks of `bsize` bytes. */
export interface StatsFs {
  readonly type: number;
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** The file system that a path is on. Throws SystemError. */
export function statfsSync(path: string): StatsFs {
  const memory = new BigInt64Array(statfsBytes / 8);
  checked(syscall('statfs', path, memory.buffer), 'statfs', path);
  const [type, bsize, blocks, bfree, bavail, files, ffree] = Array.from(memory, Number) as [
    ...[number, number, number, number, number, number, number],
    ...number[],
  ];
  return { type, bsize, blocks, bfree, bavail, files, ffree };
}
