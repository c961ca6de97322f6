import { type ArgumentsOf, defineCommand, nothing, type QmpClient, type QmpCommand } from '@hako/qmp';
import { qemuError } from '../qemu-error.ts';

export const deviceAdd: QmpCommand<ArgumentsOf<'device_add'>, unknown> = defineCommand('device_add', nothing);
export const deviceDel: QmpCommand<{ readonly id: string }, unknown> = defineCommand('device_del', nothing);

/** How long a guest may take to let a device go. Its kernel needs tens of milliseconds, emulated and busy a second. */
export const UNPLUG_TIMEOUT_MS = 10_000;

/** A guest that has not yet seen a vCPU or a memory module come forgets that it is to go: it is asked again. */
const ASK_AGAIN_MS = 1000;

/**
 * Takes a vCPU or a memory module out and waits until the guest has let it go.
 *
 * @throws QemuError `unplug-refused`, with the device still there; QmpError
 */
export async function unplugDevice(qmp: QmpClient, id: string): Promise<void> {
  const events = qmp.events();
  const timer = setTimeout(() => void events.return?.(), UNPLUG_TIMEOUT_MS);
  const asking = setInterval(() => void qmp.execute(deviceDel, { id }).catch(() => undefined), ASK_AGAIN_MS);
  try {
    await qmp.execute(deviceDel, { id });
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
