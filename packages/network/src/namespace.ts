import type { NetNsIdentity } from '@hako/hypervisor';

/** Told of changes in a namespace until it is closed. */
export interface NamespaceWatch {
  /** The process that listens; it ends when it is closed, and with this process. */
  readonly pid: number;
  close(): void;
}

/**
 * One network namespace as this package sees it: the kernel, by iproute2, and taps. `linux-namespace.ts` is the real
 * one; tests hand in one that records.
 */
export interface Namespace {
  readonly identity: NetNsIdentity;
  /** Output of `ip ARGS` there. @throws NetworkError */
  ip(args: readonly string[]): Promise<string>;
  /** Output of `tc ARGS` there. @throws NetworkError */
  tc(args: readonly string[]): Promise<string>;
  /** Runs commands of `ip` or `tc`, without the program, in order up to the first that fails. @throws NetworkError `refused` */
  batch(tool: 'ip' | 'tc', commands: readonly string[]): Promise<void>;
  /** Makes a tap there, which must not exist; a descriptor per queue, the caller's to close. @throws NetworkError `refused` */
  openTap(name: string, queues: number): readonly number[];
  /** Opens the character device of a macvtap there; a descriptor per queue, the caller's to close. @throws NetworkError */
  openMacvtap(name: string, queues: number): Promise<readonly number[]>;
  /**
   * Calls back whenever links, addresses, routes or neighbours there may have changed; `ended` is told when it cannot any
   * more although nobody closed it.
   */
  watch(changed: () => void, ended: (why: string) => void): Promise<NamespaceWatch>;
}
