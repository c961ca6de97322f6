import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentClient, connectAgent } from '@hako/agent-client';
import { ADDED_MEMORY_KEY, ONLINE_VCPUS_KEY } from '@hako/agent-protocol';
import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import { QemuHypervisor, type QemuMachine } from '@hako/hypervisor-qemu';
import type { SandboxConfig } from '@hako/oci-translate';
import { defineUncheckedCommand, type QmpCommand } from '@hako/qmp';
import { posixHost, SandboxSize } from '@hako/sandbox';
import { unknown } from '@hako/shape';
import { type Figure, medianGoal, ratioGoal } from '../figure.ts';
import { proportionalMemoryMib } from '../processes.ts';

const MIB = 2 ** 20;
const EXTRA_MIB = 512;
const CYCLES = 20;

const command = (name: string): QmpCommand<object, unknown> => defineUncheckedCommand(name, unknown);

interface Guest {
  readonly machine: QemuMachine;
  readonly agent: AgentClient;
}

/** One vCPU and 512 MiB more, from the request until the guest uses them; and whether many such changes leave something. */
export const hotplug: Figure = {
  name: 'hotplug',
  title:
    'Resizing: 1 vCPU and 512 MiB until the guest uses them, beside the bare commands; what many cycles leave',
  method:
    'From the request until the guest uses what was plugged in, beside the same QMP commands and the same write to sysfs without hako. Then many changes in a row.',
  ownLibraries: true,
  async prepare({ workspace, folder }) {
    const guestFolder = join(workspace, 'dist/guest');
    const { hypervisor, runtime } = defaultRuntimeConfig({
      kernel: join(guestFolder, 'vmlinux'),
      image: join(guestFolder, 'hako-guest.img'),
    });
    const configuration: HypervisorConfig = {
      ...hypervisor,
      sharedFs: 'none',
      defaultMemoryMib: 256,
      defaultMaxMemoryMib: 1024,
      defaultVcpus: 1,
      defaultMaxVcpus: 2,
    };
    const inGuest = async <T>(action: (guest: Guest) => Promise<T>): Promise<T> => {
      const runtimeDir = mkdtempSync(join(folder, 'hotplug-'));
      const machine = await new QemuHypervisor().launch(
        { id: 'bench-hotplug', runtimeDir, hypervisor: configuration, kernelParams: [], shares: [] },
        { ledger: { announce: async () => {}, processStarted: async () => {} } },
      );
      try {
        const agent = await connectAgent(machine.agentChannel, { timeoutMs: 120_000 });
        await agent.createSandbox({});
        return await action({ machine, agent });
      } finally {
        await machine.stop();
        rmSync(runtimeDir, { recursive: true });
      }
    };
    const config = { id: 'bench-hotplug', runtime } as SandboxConfig;
    return {
      variants: [
        {
          name: 'hako',
          sample: () =>
            inGuest(async ({ machine, agent }) => {
              const size = new SandboxSize(machine, agent, config, { host: posixHost() });
              const startMs = performance.now();
              await size.add('one', {
                cpu: { quota: 100_000, period: 100_000 },
                memory: { limit: EXTRA_MIB * MIB },
              });
              return [{ label: 'hako resizes', value: performance.now() - startMs, unit: 'ms' }];
            }),
        },
        {
          name: 'bare commands',
          sample: () =>
            inGuest(async (guest) => [{ label: 'bare commands', value: await timeBare(guest), unit: 'ms' }]),
        },
        {
          name: 'cycles',
          sample: () =>
            inGuest(async (guest) => [
              { label: `QEMU after ${CYCLES} cycles`, value: await growthOverCycles(guest), unit: 'MiB' },
            ]),
        },
      ],
      goals: [
        ratioGoal('hako resizes', 'bare commands', 1.2),
        medianGoal(`QEMU after ${CYCLES} cycles`, 'MiB', 4),
      ],
      dispose: async () => {},
    };
  },
};

/** What nobody can do without: two devices, one after the other, and the guest's answer that it uses them. */
async function timeBare({ machine, agent }: Guest): Promise<number> {
  const { qmp } = machine;
  const startMs = performance.now();
  await qmp.execute(command('object-add'), {
    'qom-type': 'memory-backend-ram',
    id: 'more',
    size: EXTRA_MIB * MIB,
  });
  await qmp.execute(command('device_add'), { driver: 'pc-dimm', id: 'dimm', memdev: 'more' });
  const places = (await qmp.execute(command('query-hotpluggable-cpus'), {})) as readonly {
    readonly type: string;
    readonly props: object;
    readonly 'qom-path'?: string;
  }[];
  const free = places.find((place) => place['qom-path'] === undefined);
  if (free === undefined) throw new Error('the machine has no place for a vCPU');
  await qmp.execute(command('device_add'), { driver: free.type, id: 'vcpu', ...free.props });
  const metadata = { [ONLINE_VCPUS_KEY]: '2', [ADDED_MEMORY_KEY]: String(EXTRA_MIB) };
  await agent.onlineCPUMem({ nbCpus: 1 }, { metadata });
  return performance.now() - startMs;
}

/** By how much QEMU's memory grows; rejects when descriptors stay open. */
async function growthOverCycles({ machine, agent }: Guest): Promise<number> {
  const base = machine.size;
  const cycle = async (): Promise<void> => {
    const { memoryMib } = await machine.resize({ vcpus: 1, memoryMib: base.memoryMib + EXTRA_MIB });
    await agent.onlineCPUMem(
      {},
      { metadata: { [ONLINE_VCPUS_KEY]: '1', [ADDED_MEMORY_KEY]: String(memoryMib - base.memoryMib) } },
    );
    const after = await machine.resize(base);
    if (after.memoryMib !== base.memoryMib) throw new Error(`the guest kept ${after.memoryMib} MiB`);
  };
  const descriptors = (): number => readdirSync(`/proc/${machine.vmmPid}/fd`).length;
  // The first one fills what is kept anyway: code of an emulated guest that was not translated yet.
  for (let warm = 0; warm < 3; warm++) await cycle();
  const before = { descriptors: descriptors(), memoryMib: proportionalMemoryMib(machine.vmmPid) };
  for (let count = 0; count < CYCLES; count++) await cycle();
  if (descriptors() > before.descriptors) {
    throw new Error(
      `QEMU has ${descriptors()} descriptors after ${CYCLES} cycles, ${before.descriptors} before`,
    );
  }
  return proportionalMemoryMib(machine.vmmPid) - before.memoryMib;
}
