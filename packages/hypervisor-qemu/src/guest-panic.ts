import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { VmConfig } from '@hako/hypervisor';
import {
  type ArgumentsOf,
  defineCommand,
  getDescriptor,
  nothing,
  type QmpClient,
  type QmpCommand,
} from '@hako/qmp';

const dumpGuestMemory: QmpCommand<ArgumentsOf<'dump-guest-memory'>, unknown> = defineCommand(
  'dump-guest-memory',
  nothing,
);

/** Name that QEMU has the file under, which it need not be able to open. */
const dumpName = 'dump';

/** A dump writes all of the guest's memory to disk. */
const dumpTimeoutMs = 600_000;

/**
 * Waits for the guest's kernel to panic and then writes its memory to `<guest_memory_dump_path>/<id>/vmcore-<time>.elf`.
 * Resolves with what is to be said of it, or undefined when the machine ended without a panic. Never rejects.
 */
export async function dumpOnPanic(
  qmp: QmpClient,
  { id, hypervisor }: Pick<VmConfig, 'id' | 'hypervisor'>,
  now: () => Date = () => new Date(),
): Promise<string | undefined> {
  const { guestMemoryDumpPath, guestMemoryDumpPaging: paging } = hypervisor;
  for await (const { event } of qmp.events()) {
    if (event !== 'GUEST_PANICKED') continue;
    const folder = join(guestMemoryDumpPath, id);
    const file = join(folder, `vmcore-${now().toISOString().replaceAll(':', '-')}.elf`);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const fd = openSync(file, 'wx', 0o600);
      try {
        await qmp.execute(getDescriptor, { fdname: dumpName }, { descriptor: fd });
      } finally {
        closeSync(fd);
      }
      await qmp.execute(
        dumpGuestMemory,
        { protocol: `fd:${dumpName}`, paging, format: 'elf' },
        { timeoutMs: dumpTimeoutMs },
      );
      return `the guest's kernel panicked; its memory is in ${file}`;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return `the guest's kernel panicked; its memory could not be written to ${file}: ${reason}`;
    }
  }
  return undefined;
}
