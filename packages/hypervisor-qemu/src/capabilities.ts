import { readFileSync } from 'node:fs';

/** Makes namespaces; containers often may not, and virtiofsd's sandbox then has to be chroot. */
export const CAP_SYS_ADMIN: bigint = 1n << 21n;
/** Raises limits beyond what is allowed so far. */
export const CAP_SYS_RESOURCE: bigint = 1n << 24n;

/** The capabilities(7) that this process has in effect, a bit each. */
export function effectiveCapabilities(): bigint {
  const effective = readFileSync('/proc/self/status', 'utf8').match(/^CapEff:\s*([0-9a-f]+)$/m)?.[1] ?? '0';
  return BigInt(`0x${effective}`);
}
