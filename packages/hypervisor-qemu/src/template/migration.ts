import { closeSync, constants, openSync } from 'node:fs';
import {
  cont,
  defineCommand,
  getDescriptor,
  nothing,
  type QmpClient,
  type QmpEvent,
  stop as stopMachine,
} from '@hako/qmp';
import { qemuError } from '../qemu-error.ts';

const setCapabilities = defineCommand('migrate-set-capabilities', nothing);
const migrate = defineCommand('migrate', nothing);
const migrateIncoming = defineCommand('migrate-incoming', nothing);

/** Name, in QEMU, of the descriptor of the state file: QEMU may neither start a program nor is trusted with a path. */
const stateName = 'template-state';
const uri = `fd:${stateName}`;

/** Memory stays in its file; its end is told. */
const capabilities = [
  { capability: 'x-ignore-shared', state: true },
  { capability: 'events', state: true },
] as const;

/** How long either way may take: some ten milliseconds, on a busy host a second. */
const timeoutMs = 20_000;

/**
 * Stops the machine and writes the state of its vCPUs and devices to `stateFile`, which must not exist.
 *
 * @throws QemuError `template-failed`; QmpError; what opening the file throws
 */
export async function saveState(qmp: QmpClient, stateFile: string): Promise<void> {
  await transfer(qmp, stateFile, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, () => [
    qmp.execute(stopMachine),
    qmp.execute(migrate, { uri }),
  ]);
}

/**
 * Gives a machine that was started with `-incoming defer` the state in `stateFile`. It runs when this resolves.
 *
 * @throws QemuError `template-failed`; QmpError `closed` when QEMU cannot use it; what opening the file throws
 */
export async function loadState(qmp: QmpClient, stateFile: string): Promise<void> {
  await transfer(qmp, stateFile, constants.O_RDONLY, () => [qmp.execute(migrateIncoming, { uri })]);
  // It was saved as a stopped one.
  await qmp.execute(cont);
}

async function transfer(
  qmp: QmpClient,
  stateFile: string,
  flags: number,
  begin: () => readonly Promise<unknown>[],
): Promise<void> {
  const fd = openSync(stateFile, flags | constants.O_NOFOLLOW, 0o600);
  const events = qmp.events();
  try {
    // Sent at once: QEMU serves them in this order.
    await Promise.all([
      qmp.execute(setCapabilities, { capabilities }),
      qmp.execute(getDescriptor, { fdname: stateName }, { descriptor: fd }),
      ...begin(),
    ]);
    await completed(events);
  } finally {
    void events.return?.();
    closeSync(fd);
  }
}

async function completed(events: AsyncIterableIterator<QmpEvent>): Promise<void> {
  const timer = setTimeout(() => void events.return?.(), timeoutMs);
  try {
    for await (const { event, data } of events) {
      if (event !== 'MIGRATION') continue;
      if (data.status === 'completed') return;
      if (data.status === 'failed' || data.status === 'cancelled') {
        throw qemuError('template-failed', `QEMU could not transfer the machine's state: ${data.status}`);
      }
    }
  } finally {
    clearTimeout(timer);
  }
  throw qemuError('template-failed', "the transfer of the machine's state did not end", { timeoutMs });
}
