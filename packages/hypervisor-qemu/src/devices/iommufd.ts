import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Problem } from '@hako/errors';
import type { HostPciDevice, VmConfig, VmDevice } from '@hako/hypervisor';
import {
  type ArgumentsOf,
  defineCommand,
  defineUncheckedCommand,
  nothing,
  type QmpClient,
  type QmpCommand,
} from '@hako/qmp';
import { list, object, text } from '@hako/shape';
import { option } from '../arguments/option.ts';
import { qemuError } from '../qemu-error.ts';
import { hostProblem } from '../value-check.ts';

/** One for the whole machine: the kernel gives devices that share a group of the IOMMU to one and the same only. */
export const iommufdId = 'iommufd0';

const typeName = 'iommufd';
const rule = `is a QEMU without ${typeName}, by which it would open files of /dev/vfio/devices; 9.0 is the first that may have it`;
const fix = "name the device's group in config.json, /dev/vfio/N, or use a newer QEMU";

const named = list(object({ name: text }, { name: true }));
const qomList: QmpCommand<ArgumentsOf<'qom-list'>, readonly { readonly name: string }[]> = defineCommand(
  'qom-list',
  named,
);
const qomListTypes: QmpCommand<
  ArgumentsOf<'qom-list-types'>,
  readonly { readonly name: string }[]
> = defineCommand('qom-list-types', named);
// Unchecked: the schema is that of a QEMU which does not know it yet.
const objectAdd: QmpCommand<{ readonly 'qom-type': string; readonly id: string }, unknown> =
  defineUncheckedCommand('object-add', nothing);

function needsIommufd(device: VmDevice): device is HostPciDevice {
  return device.kind === 'vfio' && device.iommufd === true;
}

/** QEMU's way to the kernel's iommufd, for machines that start with a device which is opened through it. */
export function iommufdArguments(devices: readonly VmDevice[]): string[] {
  return devices.some(needsIommufd) ? ['-object', option(typeName, { id: iommufdId })] : [];
}

/**
 * The same for a machine that runs. It stays: another device may be using it.
 *
 * @throws QemuError `host-not-ready` when this QEMU has none; QmpError
 */
export async function addIommufd(qmp: QmpClient): Promise<void> {
  const types = await qmp.execute(qomListTypes, { implements: typeName });
  if (types.length === 0) throw qemuError('host-not-ready', `this ${rule}; ${fix}`);
  const present = await qmp.execute(qomList, { path: '/objects' });
  if (present.some(({ name }) => name === iommufdId)) return;
  await qmp.execute(objectAdd, { 'qom-type': typeName, id: iommufdId });
}

/** What keeps QEMU from starting with these devices. Asks it, where one of them needs iommufd. */
export async function checkIommufd({
  hypervisor,
  devices = [],
}: Pick<VmConfig, 'hypervisor' | 'devices'>): Promise<readonly Problem[]> {
  if (!devices.some(needsIommufd)) return [];
  const { stdout } = await promisify(execFile)(hypervisor.path, ['-object', 'help'], { timeout: 10_000 });
  return new RegExp(`^\\s*${typeName}$`, 'm').test(stdout)
    ? []
    : [hostProblem('path', hypervisor.path, rule, fix)];
}
