import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resizeVolume, volumeStats } from '../src/files/volumes.ts';
import { growFileSystem } from '../src/system/grow-file-system.ts';
import { hostMachine } from './host-machine.ts';

// A real file system on a loop device: its ioctls are the point.
const mib = 1024 * 1024;
const diskMib = 24;
const machine = hostMachine();
let dir: string;
let volume: string;
let loop: string;

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'volume-'));
  const file = join(dir, 'disk');
  volume = join(dir, 'mounted');
  writeFileSync(file, '');
  truncateSync(file, diskMib * mib);
  run('mkfs.ext4', '-q', '-b', '4096', file, '2048');
  loop = run('losetup', '--find', '--show', file);
  run('mkdir', volume);
  run('mount', loop, volume);
});
afterAll(() => {
  run('umount', volume);
  run('losetup', '--detach', loop);
  rmSync(dir, { recursive: true });
});

test('a volume is measured, and asked to grow to its disk or to a part of it', () => {
  writeFileSync(join(volume, 'file'), new Uint8Array(mib));
  const { usage, volumeCondition } = volumeStats(volume);
  expect(volumeCondition).toEqual({ abnormal: false, message: 'the volume answers' });
  expect(usage.map(({ unit }) => unit)).toEqual([1, 2]);
  for (const { total, used, available } of usage) {
    expect(used).toBeGreaterThan(0n);
    expect(used + available).toBeLessThanOrEqual(total);
  }
  // Growing takes a capability that test hosts lack; the virtual machines of the end-to-end tests do it.
  const asked: unknown[] = [];
  const ioctl = (_fd: number, request: number, argument: Uint8Array | null): number => {
    asked.push([request, new DataView(argument?.buffer ?? new ArrayBuffer(8)).getBigUint64(0, true)]);
    return 0;
  };
  const growing = { growFileSystem: (path: string, bytes: bigint) => growFileSystem({ ioctl }, path, bytes) };
  resizeVolume(growing, volume, 16n * BigInt(mib));
  resizeVolume(growing, volume, 0n);
  expect(asked).toEqual([
    [0x4008_6610, 4096n],
    [0x4008_6610, (BigInt(diskMib) * BigInt(mib)) / 4096n],
  ]);
});

test('what cannot be is said', () => {
  expect(() => resizeVolume(machine, volume, BigInt(diskMib * mib) + 1n)).toThrow(/its disk has 25165824/);
  expect(() => resizeVolume(machine, '/proc', 0n)).toThrow(/is not on a disk/);
  expect(() => machine.growFileSystem('/proc', 4096n)).toThrow(/neither ext4 nor xfs/);
  for (const path of ['', 'relative', '/nowhere'])
    expect(() => volumeStats(path)).toThrow(/there is no volume/);
});
