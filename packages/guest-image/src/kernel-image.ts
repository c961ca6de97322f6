import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { GuestImageError } from './guest-image-error.ts';

/** Unpacks xz; Node has no such function. */
export type Unxz = (bytes: Uint8Array) => Promise<Buffer>;

/**
 * Takes the kernel proper, an ELF file, out of a bzImage (x86 boot protocol 2.08 or later: payload_offset and
 * payload_length; Documentation/arch/x86/boot.rst).
 *
 * @throws GuestImageError `unsupported-kernel` for other images, other compressions, and kernels without PVH entry.
 */
export async function extractKernel(image: Buffer, unxz: Unxz): Promise<Buffer> {
  if (
    image.length < 0x260 ||
    image.toString('latin1', 0x202, 0x206) !== 'HdrS' ||
    image.readUInt16LE(0x206) < 0x208
  ) {
    throw new GuestImageError(
      'unsupported-kernel',
      'the kernel is no bzImage of boot protocol 2.08 or later',
    );
  }
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c));
  const kernel = await decompress(payload, unxz);
  if (kernel.length < 4 || kernel.readUInt32BE(0) !== 0x7f454c46) {
    throw new GuestImageError('unsupported-kernel', 'what the kernel image holds is no ELF file');
  }
  if (!hasPvhEntry(kernel)) {
    throw new GuestImageError('unsupported-kernel', 'the kernel has no PVH entry (CONFIG_PVH)');
  }
  return kernel;
}

async function decompress(payload: Buffer, unxz: Unxz): Promise<Buffer> {
  const magic = payload.toString('hex', 0, 6);
  // The last four bytes are the unpacked size, added by the kernel's build; every format but xz's tool ignores them.
  if (magic === 'fd377a585a00') return unxz(payload.subarray(0, xzEnd(payload)));
  if (magic.startsWith('1f8b')) return gunzipSync(payload);
  if (magic.startsWith('28b52ffd')) return zstdDecompressSync(payload.subarray(0, payload.length - 4));
  throw new GuestImageError(
    'unsupported-kernel',
    `the kernel is compressed in an unknown way (it begins ${magic})`,
  );
}

function xzEnd(payload: Buffer): number {
  const end = payload.lastIndexOf('YZ');
  return end === -1 ? payload.length : end + 2;
}

/** True when a PT_NOTE segment has the note that QEMU looks for (XEN_ELFNOTE_PHYS32_ENTRY, name "Xen"). */
function hasPvhEntry(kernel: Buffer): boolean {
  const headersAt = Number(kernel.readBigUInt64LE(32));
  for (let index = 0; index < kernel.readUInt16LE(56); index++) {
    const at = headersAt + index * 56;
    if (kernel.readUInt32LE(at) !== 4) continue;
    const offset = Number(kernel.readBigUInt64LE(at + 8));
    const end = offset + Number(kernel.readBigUInt64LE(at + 32));
    for (let note = offset; note + 12 <= end; ) {
      const nameSize = kernel.readUInt32LE(note);
      const size = kernel.readUInt32LE(note + 4);
      if (kernel.readUInt32LE(note + 8) === 18 && kernel.toString('latin1', note + 12, note + 15) === 'Xen')
        return true;
      note += 12 + ((nameSize + 3) & ~3) + ((size + 3) & ~3);
    }
  }
  return false;
}
