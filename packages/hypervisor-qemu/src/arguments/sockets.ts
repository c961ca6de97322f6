import { join } from 'node:path';
import type { VmConfig } from '@hako/hypervisor';
import { shareSocket } from '../share-socket.ts';

/** A Unix socket that QEMU gets as a descriptor: it opens none by path, so it needs no right to the runtime directory. */
export interface InheritedSocket {
  readonly path: string;
  /** `listening`: made for QEMU, which accepts. `connected`: to somebody who listens there already. */
  readonly end: 'listening' | 'connected';
}

/** Name of the virtio-serial port's socket on which the agent offers a shell, in the VM's runtime directory. */
export const debugConsoleSocket = 'con.sock';

/** Socket of the second monitor. */
function extraMonitorSocket(runtimeDir: string): string {
  return join(runtimeDir, 'extra-monitor.sock');
}

/** Those that QEMU has for `vm`, beside the two of its monitor and the agent. */
export interface Sockets {
  /** In the order in which QEMU inherits them. */
  readonly all: readonly InheritedSocket[];
  /** By the share's index; virtio-fs alone has one. */
  readonly share: (index: number) => InheritedSocket | undefined;
  readonly debugConsole: InheritedSocket | undefined;
  readonly extraMonitor: InheritedSocket | undefined;
}

export function socketsOf(vm: VmConfig): Sockets {
  const { hypervisor, kernelParams, runtimeDir, shares, template } = vm;
  const hasShares = template?.role !== 'save';
  const ofShares = shares.map(({ transport }, index): InheritedSocket | undefined =>
    hasShares && transport === 'virtio-fs'
      ? { path: shareSocket(runtimeDir, index), end: 'connected' }
      : undefined,
  );
  const listening = (path: string, wanted: boolean): InheritedSocket | undefined =>
    wanted ? { path, end: 'listening' } : undefined;
  const debugConsole = listening(
    join(runtimeDir, debugConsoleSocket),
    kernelParams.some(({ key }) => key === 'agent.debug_console'),
  );
  const extraMonitor = listening(
    extraMonitorSocket(runtimeDir),
    hypervisor.enableDebug && hypervisor.extraMonitorSocket !== '',
  );
  return {
    all: [...ofShares, debugConsole, extraMonitor].filter((socket) => socket !== undefined),
    share: (index) => ofShares[index],
    debugConsole,
    extraMonitor,
  };
}
