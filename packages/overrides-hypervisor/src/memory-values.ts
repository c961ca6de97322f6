import { type Codec, parseUint, type RowSemantics, refused, uint32, value } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';

/** Smallest memory of a VM. MiB. */
export const minMemoryMib = 256;

const bytesPerUnit: Readonly<Record<string, number>> = {
  KB: 1000,
  KIB: 1024,
  K: 1024,
  MB: 1000 ** 2,
  MIB: 1024 ** 2,
  M: 1024 ** 2,
  GB: 1000 ** 3,
  GIB: 1024 ** 3,
  G: 1024 ** 3,
  TB: 1000 ** 4,
  TIB: 1024 ** 4,
  T: 1024 ** 4,
};

/** MiB, or a number with a unit (`512MiB`, `1 GB`), rounded up to MiB. */
const memory: Codec<number> = {
  name: 'whole number of MiB, or with a unit',
  pattern: '^[0-9]+ ?([KMGTkmgt]([Ii]?[Bb])?)?$',
  read: (text) => {
    const match = /^(\d+) ?([kmgt](?:i?b)?)?$/i.exec(text);
    const digits = match?.[1];
    if (digits === undefined)
      return refused('must be a whole number of MiB, or have a unit such as MiB or GiB');
    const amount = parseUint(digits, Number.MAX_SAFE_INTEGER);
    const unit = match?.[2];
    const bytes =
      Number(amount) * (unit === undefined ? 1024 ** 2 : (bytesPerUnit[unit.toUpperCase()] ?? Number.NaN));
    const mib = Math.ceil(bytes / 1024 ** 2);
    return mib <= 4_294_967_295 ? value(mib) : refused('must be at most 4294967295 MiB', 'out-of-range');
  },
};

export const memorySemantics: RowSemantics<RuntimeConfig, number> = {
  '1.x': { codec: uint32, limit: tooSmall },
  '3.x': { codec: memory, limit: tooSmall },
};

function tooSmall(mib: number): ReturnType<typeof refused> | undefined {
  return mib < minMemoryMib ? refused(`must be at least ${minMemoryMib} MiB`, 'out-of-range') : undefined;
}
