import { readFileSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';

/**
 * A program for the container's shell that prints what it sees beside what the host sees. The host's side comes in
 * through the environment; the container's is asked for where it runs.
 */
export const comparisonScript: string = `
row() { printf '%-10s %-34s %s\\n' "$@"; }
. /etc/os-release
memory_kib=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)
row '' 'host' 'container'
row kernel "$HOST_KERNEL" "$(uname -r)"
row vCPUs "$HOST_CPUS" "$(nproc)"
row memory "$HOST_MEMORY_MIB MiB" "$((memory_kib / 1024)) MiB"
row system "$HOST_SYSTEM" "$PRETTY_NAME"
`;

/** The host's side of the comparison. */
export function hostEnvironment(): string[] {
  const system = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  return [
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    `HOST_KERNEL=${release()}`,
    `HOST_CPUS=${availableParallelism()}`,
    `HOST_MEMORY_MIB=${Math.round(totalmem() / 2 ** 20)}`,
    `HOST_SYSTEM=${system}`,
  ];
}
