import { closeSync, openSync, statfsSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import type { Libc } from './libc.ts';

/** statfs(2) */
const EXT4_SUPER_MAGIC = 0xef53;
const XFS_SUPER_MAGIC = 0x5846_5342;

/** ioctl_list: the file system is as large as that many blocks then. */
const EXT4_IOC_RESIZE_FS = 0x4008_6610;
const XFS_IOC_FSGEOMETRY_V1 = 0x8070_5864;
const XFS_IOC_FSGROWFSDATA = 0x4010_586e;

const geometryBytes = 112;

/** Makes a mounted ext4 or xfs larger. See Machine.growFileSystem. */
export function growFileSystem(libc: Pick<Libc, 'ioctl'>, path: string, bytes: bigint): void {
  const { type, bsize } = statfsSync(path);
  if (type !== EXT4_SUPER_MAGIC && type !== XFS_SUPER_MAGIC) {
    throw new AgentError(
      'failed-precondition',
      `the file system at ${path} is neither ext4 nor xfs: it cannot grow`,
      {
        facts: { path },
      },
    );
  }
  const blocks = bytes / BigInt(bsize);
  const fd = openSync(path, 'r');
  try {
    const result = type === EXT4_SUPER_MAGIC ? growExt4(libc, fd, blocks) : growXfs(libc, fd, blocks);
    if (result < 0) {
      throw new AgentError(
        'internal',
        `the file system at ${path} cannot have ${bytes} bytes: errno ${-result}`,
        {
          facts: { path },
        },
      );
    }
  } finally {
    closeSync(fd);
  }
}

function growExt4(libc: Pick<Libc, 'ioctl'>, fd: number, blocks: bigint): number {
  return libc.ioctl(fd, EXT4_IOC_RESIZE_FS, new Uint8Array(new BigUint64Array([blocks]).buffer));
}

/** struct xfs_growfs_data: blocks, and the share of inodes, which stays what the geometry says at its eighth word. */
function growXfs(libc: Pick<Libc, 'ioctl'>, fd: number, blocks: bigint): number {
  const geometry = new Uint8Array(geometryBytes);
  const read = libc.ioctl(fd, XFS_IOC_FSGEOMETRY_V1, geometry);
  if (read < 0) return read;
  const request = new DataView(new ArrayBuffer(16));
  request.setBigUint64(0, blocks, true);
  request.setUint32(8, new DataView(geometry.buffer).getUint32(28, true), true);
  return libc.ioctl(fd, XFS_IOC_FSGROWFSDATA, new Uint8Array(request.buffer));
}
