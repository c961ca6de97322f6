/** Change this with any change of the code that makes other files of the same parts. */
export const recipeVersion = 8;

/** Packages that name the newest kernel, per Debian architecture. */
export const kernelPackages: Readonly<Record<string, string>> = { x64: 'linux-image-amd64' };

/** Packages whose programs and libraries go into the guest, besides what crun depends on. */
export const programPackages = [
  'busybox-static',
  'crun',
  'libc6',
  'iptables',
  'libip4tc2',
  'libip6tc2',
  'libxtables12',
] as const;

/** Part of crun that the guest has no use for: there is no systemd in it (see drop in guest-root.ts). */
export const unusedLibrary = { soname: 'libsystemd.so.0', package: 'libsystemd0' } as const;

/** Loaded by stage 1, and by the probe: what it takes to reach the agent's channel. Order matters where nothing else does. */
export const earlyModules = ['virtio_console', 'virtio_pci'] as const;

/** What it takes to mount the image. */
export const imageModules = [
  'virtio_blk',
  // libcrc32c, which erofs needs, asks for this one when it is loaded.
  'crc32c_generic',
  'erofs',
] as const;

/** The same for an image that is an NVDIMM. */
export const nvdimmModules = ['nfit', 'nd_pmem', 'crc32c_generic', 'erofs'] as const;

/** In the root, besides those for the image: what most containers are started with. */
export const rootModules = ['virtiofs', '9p', '9pnet_virtio', 'virtio_net'] as const;

/** In the image, besides all of the above: loaded when something needs them. */
export const laterModules: readonly string[] = [
  'overlay',
  'virtio_rng',
  'virtio_balloon',
  'virtio_mem',
  'pvpanic_mmio',
  'virtio_scsi',
  'sd_mod',
  'virtio_mmio',
  // The host dials; a guest's own processes talk among themselves.
  'vmw_vsock_virtio_transport',
  'vsock_loopback',
  'nfit',
  'nd_pmem',
  'ext4',
  'xfs',
  'loop',
  // For devices of the host: VFIO for a container, and drivers of disks and network cards that are often handed over.
  ...['vfio_pci', 'vfio_iommu_type1', 'nvme', 'e1000e', 'igbvf', 'ixgbevf', 'iavf'],
  // Packet filters: of the agent (iptables get and set), and of containers that may change their network.
  ...['iptable_filter', 'iptable_nat', 'iptable_mangle', 'iptable_raw'],
  ...['ip6table_filter', 'ip6table_nat', 'ip6table_mangle', 'ip6table_raw'],
  ...['xt_tcpudp', 'xt_conntrack', 'xt_state', 'xt_multiport', 'xt_comment', 'xt_addrtype', 'xt_limit'],
  ...['xt_mark', 'xt_connmark', 'xt_owner', 'xt_statistic', 'xt_socket', 'xt_CT', 'xt_TPROXY'],
  ...['xt_nat', 'xt_MASQUERADE', 'xt_REDIRECT', 'ipt_REJECT', 'ip6t_REJECT'],
  ...['nf_tables', 'nft_compat', 'nft_chain_nat', 'nft_ct', 'nft_nat', 'nft_masq', 'nft_redir', 'nft_limit'],
  ...['nft_reject_inet'],
];

/**
 * The hardware words that Kata gives its kernels on x86-64: a quarter less boot time than with `quiet` alone, which the
 * VMM adds or leaves out, as it does `console=`. `panic=1` together with QEMU's -no-reboot turns a kernel panic into QEMU's end.
 */
export const kernelParams = [
  'tsc=reliable',
  'no_timer_check',
  'rcupdate.rcu_expedited=1',
  'i8042.direct=1',
  'i8042.dumbkbd=1',
  'i8042.nopnp=1',
  'i8042.noaux=1',
  'noreplace-smp',
  'reboot=k',
  'cryptomgr.notests',
  'net.ifnames=0',
  'pci=lastbus=0',
  // Not tmpfs: crun takes its executable there for a memfd of its own without seals, and copies and starts itself again.
  'rootfstype=ramfs',
  'panic=1',
] as const;
