import { type Codec, uint } from '@hako/annotations';

/** Bits per second; 0 for no limit. */
export const rate: Codec<number> = uint({ max: Number.MAX_SAFE_INTEGER });
