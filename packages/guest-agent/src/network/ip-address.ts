import { AgentError } from '../agent-error.ts';

/** Address families of the kernel. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export type AddressFamily = typeof AF_INET | typeof AF_INET6;

/** An address as the kernel takes it: 4 or 16 bytes. */
export interface IpBytes {
  readonly family: AddressFamily;
  readonly bytes: Uint8Array;
}

/** An address with the length of its prefix. */
export interface IpPrefix extends IpBytes {
  readonly prefixLength: number;
}

/** `10.0.0.1`, `fd00::1`. Throws AgentError `invalid-argument`. */
export function parseIp(text: string): IpBytes {
  const bytes = text.includes(':') ? parseV6(text) : parseV4(text);
  if (bytes === undefined) throw invalid(text, 'is no IP address');
  return { family: bytes.length === 4 ? AF_INET : AF_INET6, bytes };
}

/** `10.0.0.0/8`, or an address alone, which is a prefix of its whole length. Throws AgentError `invalid-argument`. */
export function parsePrefix(text: string): IpPrefix {
  const slash = text.indexOf('/');
  const address = parseIp(slash === -1 ? text : text.slice(0, slash));
  return withPrefix(address, slash === -1 ? String(address.bytes.length * 8) : text.slice(slash + 1));
}

/** `length`: decimal digits. Throws AgentError `invalid-argument`. */
export function withPrefix(address: IpBytes, length: string): IpPrefix {
  const bits = /^[0-9]{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(bits <= address.bytes.length * 8)) throw invalid(length, 'is no prefix length');
  return { ...address, prefixLength: bits };
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const numbers = parts.map((part) => (/^(0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && numbers.every((number) => number < 256) ? Uint8Array.from(numbers) : undefined;
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const known = head.length + (tail?.length ?? 0);
  if (halves.length === 1 ? known !== 8 : known > 7) return undefined;
  const groups = [...head, ...new Array<number>(8 - known).fill(0), ...(tail ?? [])];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** 16-bit groups of one side of `::`; at the very end may be an IPv4 address. */
function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (isLast && part.includes('.') && index === parts.length - 1) {
      const [a, b, c, d] = parseV4(part) ?? [];
      if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** The usual text of an address; IPv6 as RFC 5952 has it. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  const [start, length] = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly string[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === '0') end++;
    if (end - start > best[1]) best = [start, end - start];
  }
  return best;
}

/** `02:00:00:00:00:01`. Throws AgentError `invalid-argument`. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text)) throw invalid(text, 'is no MAC address');
  return Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16));
}

export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function invalid(text: string, why: string): AgentError {
  return new AgentError('invalid-argument', `${JSON.stringify(text)} ${why}`);
}
