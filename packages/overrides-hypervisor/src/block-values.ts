import { type Codec, mapped, refused, uint32, value } from '@hako/annotations';

/** 0 for "as the device has it", or a power of two from 512 to 65536. Bytes. */
export const sectorSize: Codec<number> = mapped(uint32, 'power of two', (read) =>
  read === 0 || (read >= 512 && read <= 65_536 && (read & (read - 1)) === 0)
    ? value(read)
    : refused('must be 0 or a power of two from 512 to 65536', 'out-of-range'),
);
