import { bool, nonEmpty, type Override, uint, uint32 } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import {
  base64,
  coldPlugSemantics,
  hotPlugSemantics,
  kernelParamsSemantics,
  machineTypeSemantics,
  verityParams,
} from './machine-values.ts';
import { prefix, rows } from './rows.ts';

/** Keys about the machine, its kernel words and small devices. */
export const machineOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(`${prefix}machine_type`, 'hypervisor', 'machineType', machineTypeSemantics, {
    meaning: 'Emulated machine.',
    limits: 'one of q35, pc, microvm (1.x: any word); empty keeps the configured one',
    since: '1.x',
  }),
  rows.set(
    `${prefix}machine_accelerators`,
    'hypervisor',
    'machineAccelerators',
    { codec: nonEmpty },
    {
      meaning: 'Extra comma list after the machine options.',
      limits: 'empty keeps the configured ones',
      since: '1.x',
      sensitive: 'goes to the VMM command line unparsed',
    },
  ),
  rows.set(`${prefix}kernel_params`, 'hypervisor', 'kernelParams', kernelParamsSemantics, {
    meaning: 'Extra guest kernel words.',
    limits: '3.x replaces words of the same name, 1.x appends; no quoting',
    since: '1.x',
    sensitive: 'can turn on a debug console in the guest or change its root device',
  }),
  rows.set(
    `${prefix}kernel_verity_params`,
    'hypervisor',
    'kernelVerityParams',
    { '3.x': { codec: verityParams } },
    {
      meaning: 'dm-verity root description: root_hash, salt, data_blocks, data_block_size, hash_block_size.',
      limits: 'parsed; bad value is an error',
      since: '3.27.0',
      sensitive: 'defines what root file system is trusted',
    },
  ),
  rows.set(
    `${prefix}entropy_source`,
    'hypervisor',
    'entropySource',
    { codec: nonEmpty },
    {
      meaning: 'Host file behind the virtual RNG.',
      limits: 'empty keeps the configured one',
      since: '1.x',
      sensitive: 'opens a host file',
      pathList: 'valid_entropy_sources',
    },
  ),
  rows.set(
    `${prefix}enable_iommu`,
    'hypervisor',
    'enableIommu',
    { '3.x': { codec: bool } },
    {
      meaning: 'Virtual IOMMU (q35), with matching kernel words.',
      since: '1.12/1.13',
    },
  ),
  rows.set(
    `${prefix}enable_iommu_platform`,
    'hypervisor',
    'enableIommuPlatform',
    { '3.x': { codec: bool } },
    {
      meaning: 'iommu_platform on virtio devices (s390x).',
      since: '1.12/1.13',
    },
  ),
  rows.set(
    `${prefix}hotplug_vfio_on_root_bus`,
    'hypervisor',
    'hotplugVfioOnRootBus',
    { codec: bool },
    {
      meaning: 'Plug VFIO devices on the root bus, not on a bridge.',
      since: '1.x',
      until: '3.32.0',
    },
  ),
  rows.set(`${prefix}hot_plug_vfio`, 'hypervisor', 'hotPlugVfio', hotPlugSemantics, {
    meaning: 'Where VFIO devices are hot-plugged.',
    limits: 'one of no-port, bridge-port, root-port, switch-port; setting it turns cold_plug_vfio off',
    since: '3.2.0',
  }),
  rows.set(`${prefix}cold_plug_vfio`, 'hypervisor', 'coldPlugVfio', coldPlugSemantics, {
    meaning: 'Where VFIO devices are cold-plugged.',
    limits: 'one of no-port, bridge-port, root-port, switch-port; setting it turns hot_plug_vfio off',
    since: '3.2.0',
  }),
  rows.set(
    `${prefix}pcie_root_port`,
    'hypervisor',
    'pcieRootPort',
    { '1.x': { codec: uint32 }, '3.x': { codec: uint({ max: 16 }) } },
    {
      meaning: 'PCIe root ports to create.',
      limits: 'at most 16 (1.x: any)',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}pcie_switch_port`,
    'hypervisor',
    'pcieSwitchPort',
    { '3.x': { codec: uint({ max: 16 }) } },
    {
      meaning: 'PCIe switch ports to create.',
      limits: 'at most 16',
      since: '3.6.0',
    },
  ),
  rows.set(
    `${prefix}use_legacy_serial`,
    'hypervisor',
    'useLegacySerial',
    { '3.x': { codec: bool } },
    {
      meaning: 'ttyS0 in place of a virtio console.',
      since: '2.5.0',
    },
  ),
  rows.set(
    `${prefix}use_vsock`,
    'hypervisor',
    'useVsock',
    { codec: bool },
    {
      meaning: 'vsock to the agent in place of serial and proxy.',
      since: '1.x',
      until: '1.13',
    },
  ),
  rows.set(
    `${prefix}guest_hook_path`,
    'hypervisor',
    'guestHookPath',
    { codec: nonEmpty },
    {
      meaning: 'Directory in the guest image with drop-in OCI hooks.',
      limits: 'empty keeps the configured one',
      since: '1.x',
      sensitive: 'runs programs of the guest image with agent rights',
    },
  ),
  rows.set(
    `${prefix}prefetch_files.list`,
    'hypervisor',
    'prefetchListPath',
    { '3.x': { codec: nonEmpty } },
    {
      meaning: 'Host file that lists image files to prefetch (nydus).',
      since: '3.2.0',
      sensitive: 'host path chosen by the pod',
    },
  ),
  rows.set(
    `${prefix}rootless`,
    'hypervisor',
    'rootless',
    { '3.x': { codec: bool } },
    {
      meaning: 'Run QEMU as a random non-root user.',
      since: '2.3.0',
      sensitive: 'false would switch a protection off if it was on',
    },
  ),
  rows.set(
    `${prefix}cc_init_data`,
    'hypervisor',
    'initdata',
    { '3.x': { codec: base64 } },
    {
      meaning: 'Configuration for a confidential guest, measured at launch.',
      since: '3.19.0',
      sensitive: 'sets policy and keys of the guest, but is bound to the measurement',
      aliases: ['io.katacontainers.config.runtime.cc_init_data'],
    },
  ),
  rows.set(
    `${prefix}default_gpus`,
    'hypervisor',
    'defaultGpus',
    { '3.x': { codec: uint32 } },
    {
      meaning: 'GPUs wanted from a remote hypervisor.',
      since: '3.11.0',
    },
  ),
  rows.set(
    `${prefix}default_gpu_model`,
    'hypervisor',
    'defaultGpuModel',
    { '3.x': { codec: nonEmpty } },
    {
      meaning: 'GPU model wanted from a remote hypervisor.',
      since: '3.11.0',
    },
  ),
];
