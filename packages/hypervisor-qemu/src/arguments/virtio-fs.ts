import type { HypervisorConfig } from '@hako/config';

/** Driver of a share by virtio-fs. */
export const virtioFsDriver = 'vhost-user-fs-pci';

/** Character device that leads to the virtiofsd of the share with that number. */
export function shareChardev(index: number): string {
  return `fs${index}`;
}

/** What the driver is told, whether it is there from the start or plugged. */
export function virtioFsProperties(
  { virtioFsQueueSize }: HypervisorConfig,
  tag: string,
  index: number,
): Readonly<Record<string, string | number>> {
  return { chardev: shareChardev(index), tag, 'queue-size': virtioFsQueueSize };
}
