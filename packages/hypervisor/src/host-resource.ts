/**
 * Something on the host that must be undone. It is announced BEFORE it is made, so that a crash in between
 * leaves at most an announcement whose undoing finds nothing.
 */
export type HostResource =
  /** `marker` is a string that stands in the process's argv and in no other's (e.g. the VM's runtime dir). */
  | { readonly kind: 'process'; readonly role: string; readonly marker: string }
  | { readonly kind: 'mount'; readonly target: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'cgroup'; readonly path: string };

/** Where backends announce what they make. The sandbox's journal implements it. */
export interface ResourceLedger {
  /** Durably notes that `resource` is about to be made. */
  announce(resource: HostResource): Promise<void>;
  /** Adds the pid of an announced process as soon as it is known. */
  processStarted(role: string, pid: number): Promise<void>;
}
