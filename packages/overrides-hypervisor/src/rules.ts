import type { FamilyRule } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';

/** What must hold for the hypervisor's configuration after all annotations. */
export const hypervisorRules: readonly FamilyRule<RuntimeConfig>[] = [
  {
    lines: ['1.x', '3.x'],
    code: 'annotation/virtio-fs-without-daemon',
    field: 'hypervisor.virtioFsDaemon',
    rule: 'must name a daemon when the shared file system is virtio-fs',
    fix: 'set virtio_fs_daemon or choose virtio-9p',
    broken: ({ hypervisor }) => hypervisor.sharedFs === 'virtio-fs' && hypervisor.virtioFsDaemon === '',
  },
  {
    lines: ['3.x'],
    code: 'annotation/conflict',
    field: 'hypervisor.coldPlugVfio',
    rule: 'excludes hot_plug_vfio: at most one of the two may be other than no-port',
    broken: ({ hypervisor }) => hypervisor.hotPlugVfio !== 'no-port' && hypervisor.coldPlugVfio !== 'no-port',
  },
  {
    lines: ['3.x'],
    code: 'annotation/out-of-range',
    field: 'hypervisor.blockDeviceLogicalSectorSizeBytes',
    rule: 'must not be larger than the physical sector size',
    broken: ({
      hypervisor: {
        blockDeviceLogicalSectorSizeBytes: logical,
        blockDevicePhysicalSectorSizeBytes: physical,
      },
    }) => logical !== 0 && physical !== 0 && logical > physical,
  },
  {
    lines: ['3.x'],
    code: 'annotation/conflict',
    field: 'hypervisor.enableVhostUserStore',
    rule: 'needs enable_hugepages',
    broken: ({ hypervisor }, changed) =>
      changed.has('hypervisor.enableVhostUserStore') &&
      hypervisor.enableVhostUserStore &&
      !hypervisor.enableHugepages,
  },
];
