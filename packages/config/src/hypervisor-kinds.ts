/** Line of Kata that a list of hypervisors is of. */
export type HypervisorLine = '1.x' | '3.x';

/** Hypervisors that Kata knows by name; hako drives qemu, tables of the others are passed over with a warning. */
export const hypervisorKinds: { readonly [L in HypervisorLine]: readonly string[] } = {
  '1.x': ['qemu', 'firecracker', 'acrn', 'clh', 'mock'],
  '3.x': ['qemu', 'clh', 'cloud-hypervisor', 'firecracker', 'dragonball', 'stratovirt', 'acrn', 'remote'],
};
