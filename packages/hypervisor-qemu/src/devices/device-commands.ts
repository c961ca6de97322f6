import {
  type ArgumentsOf,
  defineCommand,
  isQmpError,
  nothing,
  type QmpClient,
  type QmpCommand,
} from '@hako/qmp';
import { qemuError } from '../qemu-error.ts';

export const deviceAdd: QmpCommand<ArgumentsOf<'device_add'>, unknown> = defineCommand('device_add', nothing);
const deviceDel: QmpCommand<{ readonly id: string }, unknown> = defineCommand('device_del', nothing);

/** How long a guest may take to let a device go. Its kernel needs tens of milliseconds, emulated and busy a second. */
export const UNPLUG_TIMEOUT_MS = 10_000;

/** A guest that has not yet seen a vCPU or a memory module come forgets that it is to go: it is asked again. */
const ASK_AGAIN_MS = 1000;

/**
 * Asks the guest to let a device go.
 *
 * @returns false when it has already, asked before: QEMU's event about that is here, or on its way
 */
export async function askForUnplug(qmp: QmpClient, id: string): Promise<boolean> {
  try {
    await qmp.execute(deviceDel, { id });
    return true;
  } catch (error) {
    if (isQmpError(error) && error.facts.qmpClass === 'DeviceNotFound') return false;
    throw error;
  }
}

/**
 * Takes a vCPU or a memory module out and waits until the guest has let it go.
 *
 * @throws QemuError `unplug-refused`, with the device still there; QmpError
 */
export async function unplugDevice(qmp: QmpClient, id: string): Promise<void> {
  const events = qmp.events();
  const timer = setTimeout(() => void events.return?.(), UNPLUG_TIMEOUT_MS);
  const asking = setInterval(() => void askForUnplug(qmp, id).catch(() => undefined), ASK_AGAIN_MS);
  try {
    if (!(await askForUnplug(qmp, id))) return;
    for await (const { event, data } of events) {
      if (data.device !== id) continue;
      if (event === 'DEVICE_DELETED') return;
      if (event === 'DEVICE_UNPLUG_GUEST_ERROR' || event === 'MEM_UNPLUG_ERROR')
        throw qemuError('unplug-refused', `the guest refuses to let ${id} go`, { device: id });
    }
    const late = `the guest did not let ${id} go within ${UNPLUG_TIMEOUT_MS / 1000} s`;
    throw qemuError('unplug-refused', late, { device: id });
  } finally {
    clearTimeout(timer);
    clearInterval(asking);
    void events.return?.();
  }
}

/** Tells of each device that QEMU deletes, whoever asked for it and however long ago, until the connection ends. */
export async function followDeleted(qmp: QmpClient, deleted: (id: string) => void): Promise<void> {
  for await (const { event, data } of qmp.events())
    if (event === 'DEVICE_DELETED' && typeof data.device === 'string') deleted(data.device);
}
