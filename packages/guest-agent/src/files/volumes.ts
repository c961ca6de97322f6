import { existsSync, readdirSync, readFileSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { type VolumeStatsResponse, VolumeUsage_Unit } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import type { Machine } from '../system/machine.ts';

const sectorBytes = 512n;

/** What is used and free of the file system at a path, as CSI's NodeGetVolumeStats has it. Throws AgentError `not-found`. */
export function volumeStats(path: string): VolumeStatsResponse {
  demand(path);
  const { bsize, blocks, bfree, bavail, files, ffree } = statfsSync(path);
  const bytes = (count: number): bigint => BigInt(count) * BigInt(bsize);
  const condition = conditionOf(path);
  return {
    usage: [
      {
        unit: VolumeUsage_Unit.BYTES,
        available: bytes(bavail),
        total: bytes(blocks),
        used: bytes(blocks - bfree),
      },
      {
        unit: VolumeUsage_Unit.INODES,
        available: BigInt(ffree),
        total: BigInt(files),
        used: BigInt(files - ffree),
      },
    ],
    volumeCondition: { abnormal: condition !== undefined, message: condition ?? 'the volume answers' },
  };
}

/**
 * Makes the file system at a path as large as its disk, or as `bytes` of it.
 *
 * @param bytes 0 for all of the disk
 * Throws AgentError `not-found`, `invalid-argument` for less than there is, `failed-precondition` when the disk is smaller.
 */
export function resizeVolume(
  machine: Pick<Machine, 'growFileSystem'>,
  path: string,
  bytes: bigint,
  sysDir = '/sys/dev/block',
): void {
  demand(path);
  const { dev } = statSync(path);
  const disk = `${sysDir}/${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
  // A SCSI disk's size is read when it is found; virtio's tells by itself.
  tryWrite(`${disk}/device/rescan`, '1');
  const diskBytes = sizeOf(disk, path);
  const wanted = bytes === 0n ? diskBytes : bytes;
  if (wanted > diskBytes) {
    throw new AgentError(
      'failed-precondition',
      `${path} cannot have ${wanted} bytes: its disk has ${diskBytes}`,
      { facts: { path } },
    );
  }
  machine.growFileSystem(path, wanted);
}

function demand(path: string): void {
  if (path.startsWith('/') && !path.includes('\0') && existsSync(path)) return;
  throw new AgentError('not-found', `there is no volume at ${JSON.stringify(path)}`, { facts: { path } });
}

function conditionOf(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) readdirSync(path);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function sizeOf(disk: string, path: string): bigint {
  try {
    return BigInt(readFileSync(`${disk}/size`, 'latin1').trim()) * sectorBytes;
  } catch (cause) {
    throw new AgentError('failed-precondition', `${path} is not on a disk`, { facts: { path }, cause });
  }
}

function tryWrite(path: string, value: string): void {
  try {
    writeFileSync(path, value, { flag: 'r+' });
  } catch {
    // Not that kind of disk.
  }
}
