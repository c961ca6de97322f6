import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAgent } from '@hako/agent-client';
import { defaultRuntimeConfig } from '@hako/config';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import { type Figure, medianGoal } from '../figure.ts';
import { anonymousMemoryMib } from '../processes.ts';

const CYCLES = 1000;
/** Not counted: what the first ones fill is kept anyway, such as code of an emulated guest that was not translated yet. */
const WARM = 100;

/** What a thousand disks that come and go leave in QEMU and here: descriptors, none; memory. */
export const plugCycles: Figure = {
  name: 'plug-cycles',
  title: `What ${CYCLES} disks, plugged in and out again, leave behind`,
  method: `${CYCLES} disks, one after the other, into a running machine and out of it again, seen by its guest each time. A descriptor that stays open in QEMU or in hako is a failure.`,
  once: true,
  ownLibraries: true,
  async prepare({ workspace, folder }) {
    const guestFolder = join(workspace, 'dist/guest');
    const { hypervisor } = defaultRuntimeConfig({
      kernel: join(guestFolder, 'vmlinux'),
      image: join(guestFolder, 'hako-guest.img'),
    });
    const file = join(folder, 'disk');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 20);
    const sample = async () => {
      const runtimeDir = mkdtempSync(join(folder, 'plug-'));
      const machine = await new QemuHypervisor().launch(
        {
          id: 'bench-plug',
          runtimeDir,
          hypervisor: { ...hypervisor, sharedFs: 'none', defaultMemoryMib: 256 },
          kernelParams: [],
          shares: [],
        },
        { ledger: { announce: async () => {}, processStarted: async () => {} } },
      );
      try {
        const agent = await connectAgent(machine.agentChannel, { timeoutMs: 120_000 });
        await agent.createSandbox({});
        const cycle = async (): Promise<void> => {
          await machine.plug({
            kind: 'block',
            id: 'disk',
            path: file,
            source: 'file',
            format: 'raw',
            readonly: false,
            aio: 'threads',
            queues: 1,
            queueSize: 128,
          });
          await machine.unplug('disk');
        };
        const pids = [machine.vmmPid, process.pid];
        const look = () => ({
          descriptors: pids.map((pid) => readdirSync(`/proc/${pid}/fd`).length),
          memoryMib: pids.map(anonymousMemoryMib),
        });
        for (let count = 0; count < WARM; count++) await cycle();
        const before = look();
        for (let count = 0; count < CYCLES; count++) await cycle();
        const after = look();
        if (after.descriptors.some((count, index) => count > (before.descriptors[index] ?? 0))) {
          throw new Error(
            `descriptors: ${before.descriptors.join()} before, ${after.descriptors.join()} after`,
          );
        }
        const grown = after.memoryMib.map((mib, index) => mib - (before.memoryMib[index] ?? 0));
        return [
          { label: `QEMU after ${CYCLES} disks`, value: grown[0] ?? 0, unit: 'MiB' as const },
          { label: `hako after ${CYCLES} disks`, value: grown[1] ?? 0, unit: 'MiB' as const },
        ];
      } finally {
        await machine.stop();
        rmSync(runtimeDir, { recursive: true });
      }
    };
    return {
      variants: [{ name: 'disks', sample }],
      goals: [
        medianGoal(`QEMU after ${CYCLES} disks`, 'MiB', 4),
        medianGoal(`hako after ${CYCLES} disks`, 'MiB', 8),
      ],
      dispose: async () => {},
    };
  },
};
