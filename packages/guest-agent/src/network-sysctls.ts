import { writeFileSync } from 'node:fs';
import { AgentError } from './agent-error.ts';

const NAME = /^net(?:[./][A-Za-z0-9_-]+)+$/;

/**
 * Sets the `net.*` sysctls of a container that shares the machine's network namespace, and answers its spec without
 * them: the machine is the container's network, but crun, which sees no network namespace of its own in the spec,
 * would refuse them. Throws AgentError.
 */
export function setNetworkSysctls<T extends object>(spec: T, sysctlDir = '/proc/sys'): T {
  const linux = objectIn(spec, 'linux');
  const sysctl = linux && objectIn(linux, 'sysctl');
  if (linux === undefined || sysctl === undefined || hasOwnNetwork(linux)) return spec;
  const entries = Object.entries(sysctl);
  for (const [name, value] of entries) {
    if (isNetwork(name)) writeSysctl(sysctlDir, name, String(value));
  }
  return {
    ...spec,
    linux: { ...linux, sysctl: Object.fromEntries(entries.filter(([name]) => !isNetwork(name))) },
  };
}

function isNetwork(name: string): boolean {
  return name.startsWith('net.') || name.startsWith('net/');
}

function writeSysctl(dir: string, name: string, value: string): void {
  if (!NAME.test(name)) {
    throw new AgentError(
      'invalid-argument',
      `sysctl ${JSON.stringify(name)} is no name of a network setting`,
    );
  }
  // As in sysctl(8): the first separator tells which one parts the name; the other stands for a dot.
  const parted = name.charAt(3) === '/' ? name : name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
  try {
    writeFileSync(`${dir}/${parted}`, value, { flag: 'r+' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'the guest has no such setting'
        : `the kernel refuses ${JSON.stringify(value)} (${code})`;
    throw new AgentError('invalid-argument', `sysctl ${name}: ${why}`, { cause });
  }
}

function hasOwnNetwork(linux: Readonly<Record<string, unknown>>): boolean {
  const { namespaces } = linux;
  return (
    Array.isArray(namespaces) &&
    namespaces.some(
      (item: unknown) =>
        typeof item === 'object' && item !== null && 'type' in item && item.type === 'network',
    )
  );
}

function objectIn(parent: object, name: string): Readonly<Record<string, unknown>> | undefined {
  const value = (parent as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
