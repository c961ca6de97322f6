import type { Problem } from '@hako/errors';
import { tomlPath } from './consistency.ts';
import type { HypervisorConfig } from './runtime-config.ts';

/**
 * A hypervisor's configuration that was put together by hand, with 0 and empty sizes replaced by defaults, and what
 * it lacks. Defaults: 1 vCPU, at most 240, 2048 MiB, 1 bridge, virtio-scsi, and 8192 bytes for 9p unless the share
 * is virtio-fs.
 */
export function completeHypervisor(hypervisor: HypervisorConfig): {
  readonly hypervisor: HypervisorConfig;
  readonly problems: readonly Problem[];
} {
  const msize =
    hypervisor.msize9pBytes === 0 && hypervisor.sharedFs !== 'virtio-fs' ? 8192 : hypervisor.msize9pBytes;
  const driver: string = hypervisor.blockDeviceDriver;
  return {
    hypervisor: {
      ...hypervisor,
      defaultVcpus: hypervisor.defaultVcpus || 1,
      defaultMaxVcpus: hypervisor.defaultMaxVcpus || 240,
      defaultMemoryMib: hypervisor.defaultMemoryMib || 2048,
      defaultBridges: hypervisor.defaultBridges || 1,
      msize9pBytes: msize,
      blockDeviceDriver: driver === '' ? 'virtio-scsi' : hypervisor.blockDeviceDriver,
    },
    problems: lacks(hypervisor),
  };
}

function lacks(hypervisor: HypervisorConfig): Problem[] {
  const { kernel, image, initrd, bootToBeTemplate, bootFromTemplate, memoryPath, deviceStatePath } =
    hypervisor;
  const problems: Problem[] = [];
  const report = (field: string, rule: string): void => {
    problems.push({
      severity: 'error',
      code: 'config/incomplete',
      field: tomlPath(`hypervisor.${field}`),
      rule,
    });
  };
  if (kernel === '') report('kernel', 'must not be empty');
  if (image === '' && initrd === '') report('image', 'must not be empty when initrd is empty');
  if (bootToBeTemplate && bootFromTemplate) report('bootToBeTemplate', 'excludes boot_from_template');
  else if (bootToBeTemplate || bootFromTemplate) {
    if (memoryPath === '') report('memoryPath', 'must not be empty for a template');
    if (bootFromTemplate && deviceStatePath === '')
      report('deviceStatePath', 'must not be empty to boot from a template');
  }
  return problems;
}
