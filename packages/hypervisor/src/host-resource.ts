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
  | { readonly kind: 'cgroup'; readonly path: string }
  | NetworkResource;

/** Something in a network namespace. With the namespace it is gone. */
export type NetworkResource =
  /** A link that hako makes. */
  | { readonly kind: 'network-link'; readonly netNs: NetNsIdentity; readonly name: string }
  /** A queueing discipline on a link that others made. */
  | {
      readonly kind: 'network-qdisc';
      readonly netNs: NetNsIdentity;
      readonly link: string;
      readonly place: 'ingress' | 'root';
    }
  /** What a link that others made is to have again. */
  | {
      readonly kind: 'network-link-state';
      readonly netNs: NetNsIdentity;
      readonly link: string;
      readonly mac: string;
      /** With prefix length: `10.88.0.2/16`. */
      readonly addresses: readonly string[];
      /** As `ip route add` takes them. */
      readonly routes: readonly string[];
    };

/** A network namespace: a path alone may lead to another one later (`/proc/PID/ns/net`). */
export interface NetNsIdentity {
  readonly path: string;
  /** Device and inode number of the namespace. */
  readonly device: number;
  readonly inode: number;
}

/** Where backends announce what they make. The sandbox's journal implements it. */
export interface ResourceLedger {
  /** Durably notes that `resource` is about to be made. */
  announce(resource: HostResource): Promise<void>;
  /** Adds the pid of an announced process as soon as it is known. */
  processStarted(role: string, pid: number): Promise<void>;
}
