import type { Timestamp } from './gen/google/protobuf/timestamp.ts';

/** Milliseconds since the Unix epoch (fractions are kept to the nanosecond a double can hold) as a Timestamp. */
export function timestampFromMs(epochMs: number): Timestamp {
  const seconds = Math.floor(epochMs / 1000);
  return {
    seconds: BigInt(seconds),
    nanos: Math.min(999_999_999, Math.round((epochMs - seconds * 1000) * 1e6)),
  };
}

/** A Timestamp as milliseconds since the Unix epoch. */
export function timestampToMs({ seconds, nanos }: Timestamp): number {
  return Number(seconds) * 1000 + nanos / 1e6;
}
