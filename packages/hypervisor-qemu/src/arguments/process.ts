import { join } from 'node:path';
import type { HypervisorConfig } from '@hako/config';
import type { VmConfig } from '@hako/hypervisor';
import { socketServer } from './device.ts';
import { option } from './option.ts';
import type { InheritedSocket } from './sockets.ts';

/** What QEMU may never do: become another user, start programs, change priorities, use calls nobody needs. */
const defaultSandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/** File that QEMU writes its pid to; its path also makes the process findable by the runtime directory. */
export function pidFile(runtimeDir: string): string {
  return join(runtimeDir, 'qemu.pid');
}

/** Name, process limits and monitors. */
export function processArguments(vm: VmConfig, qmpFd: number): string[] {
  const { hypervisor, runtimeDir } = vm;
  const { seccompSandbox, rootless } = hypervisor;
  const marker = pidFile(runtimeDir);
  return [
    // Another user cannot write the file, and its path need not be an option of its own to make the process findable.
    ...['-name', option('debug-threads=on', { guest: rootless ? marker : `sandbox-${vm.id}` })],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-sandbox', seccompSandbox === '' ? defaultSandbox : seccompSandbox],
    ...(rootless ? [] : ['-pidfile', marker]),
    ...socketServer('qmp', { fd: qmpFd }),
    ...['-mon', 'chardev=qmp,mode=control'],
  ];
}

/** A second monitor, for people, where there is a socket for it. */
export function extraMonitorArguments(
  { extraMonitorSocket: kind }: HypervisorConfig,
  socket: InheritedSocket | undefined,
  fdOf: (socket: InheritedSocket) => number,
): string[] {
  if (socket === undefined) return [];
  const mode = kind === 'hmp' ? { mode: 'readline' } : { mode: 'control', pretty: kind === 'qmp-pretty' };
  return [
    ...socketServer('extra-monitor', { fd: fdOf(socket) }),
    ...['-mon', option('chardev=extra-monitor', mode)],
  ];
}
