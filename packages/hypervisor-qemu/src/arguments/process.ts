import { join } from 'node:path';
import type { HypervisorConfig } from '@hako/config';
import type { VmConfig } from '@hako/hypervisor';
import { socketServer } from './device.ts';
import { option } from './option.ts';

/** What QEMU may never do: become another user, start programs, change priorities, use calls nobody needs. */
const defaultSandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/** File that QEMU writes its pid to; its path also makes the process findable by the runtime directory. */
export function pidFile(runtimeDir: string): string {
  return join(runtimeDir, 'qemu.pid');
}

/** Socket of the second monitor. */
export function extraMonitorSocket(runtimeDir: string): string {
  return join(runtimeDir, 'extra-monitor.sock');
}

/** Name, process limits and monitors. */
export function processArguments(vm: VmConfig, qmpFd: number): string[] {
  const { hypervisor, runtimeDir } = vm;
  const { seccompSandbox } = hypervisor;
  return [
    ...['-name', option(`guest=sandbox-${vm.id}`, { 'debug-threads': true })],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-sandbox', seccompSandbox === '' ? defaultSandbox : seccompSandbox],
    ...['-pidfile', pidFile(runtimeDir)],
    ...socketServer('qmp', { fd: qmpFd }),
    ...['-mon', 'chardev=qmp,mode=control'],
    ...extraMonitor(hypervisor, runtimeDir),
  ];
}

function extraMonitor(
  { enableDebug, extraMonitorSocket: kind }: HypervisorConfig,
  runtimeDir: string,
): string[] {
  if (!enableDebug || kind === '') return [];
  const mode = kind === 'hmp' ? { mode: 'readline' } : { mode: 'control', pretty: kind === 'qmp-pretty' };
  return [
    ...socketServer('extra-monitor', { path: extraMonitorSocket(runtimeDir) }),
    ...['-mon', option('chardev=extra-monitor', mode)],
  ];
}
