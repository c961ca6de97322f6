import type { AgentClient } from '@hako/agent-client';
import { defaultRuntimeConfig } from '@hako/config';
import type { MachineSize, VirtualMachine } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import { expect, test } from 'vitest';
import { SandboxSize, type SizeSurroundings } from './sandbox-size.ts';

const mib = 2 ** 20;
const limits = (cpus: number, memoryMib: number) => ({
  cpu: { quota: cpus * 100_000, period: 100_000 },
  memory: { limit: memoryMib * mib },
});

/** A sandbox of 1 vCPU and 256 MiB, whose machine has at most `most`, and whose guest refuses when told. */
function sandbox(most: MachineSize = { vcpus: 8, memoryMib: 8192 }, isStatic = false, hasSwap = false) {
  const log: string[] = [];
  const state = { size: { vcpus: 1, memoryMib: 256 }, guestRefuses: false, swapRefuses: false };
  const machine: Partial<VirtualMachine> = {
    get size() {
      return state.size;
    },
    resize: async (target) => {
      if (target.memoryMib > most.memoryMib) throw new Error('too much memory');
      state.size = { ...target, vcpus: Math.min(target.vcpus, most.vcpus) };
      log.push(`machine ${state.size.vcpus} ${state.size.memoryMib}`);
      return state.size;
    },
  };
  const agent = {
    onlineCPUMem: async (request: { nbCpus?: number; cpuOnly?: boolean }, options: { metadata: object }) => {
      if (state.guestRefuses) throw new Error('the guest says no');
      log.push(`guest +${request.nbCpus} ${request.cpuOnly} ${Object.values(options.metadata).join(' ')}`);
      return {};
    },
  } as unknown as AgentClient;
  const { runtime, hypervisor } = defaultRuntimeConfig();
  const config = { id: 's', hypervisor, runtime: { ...runtime, staticSandboxResourceMgmt: isStatic } };
  const swap: SizeSurroundings['swap'] = {
    ensure: async (sizeMib) => {
      if (state.swapRefuses) throw new Error('no place');
      if (sizeMib > 0) log.push(`swap ${sizeMib}`);
    },
    memoryChanged: () => void log.push('memory changed'),
  };
  const size = new SandboxSize(machine as VirtualMachine, agent, config as unknown as SandboxConfig, {
    host: { bindThread: () => {} },
    onNotice: (notice) => log.push(notice),
    swap: hasSwap ? swap : undefined,
  });
  return { size, log, state };
}

test('swap that a container wishes is there before it, and the swap of the memory follows its size', async () => {
  const { size, log, state } = sandbox(undefined, false, true);
  const wishing = (swapMib: number) => ({
    memory: { limit: 128 * mib, swap: swapMib * mib, swappiness: 60 },
  });
  await size.add('a', wishing(200));
  await size.add('b', { memory: { swappiness: 60 } });
  expect(log).toEqual(['swap 72', 'machine 1 384', 'guest +0 false 1 128', 'memory changed', 'swap 328']);
  log.length = 0;
  await size.update('a', { memory: { swap: 528 * mib } }, async () => void log.push('limits are set'));
  expect(log).toEqual(['swap 656', 'limits are set']);
  state.swapRefuses = true;
  await expect(size.add('c', limits(1, 512))).rejects.toMatchObject({
    code: 'host-refused',
    message: 'the guest cannot have 656 MiB of swap: no place',
  });
  expect(state.size).toEqual({ vcpus: 1, memoryMib: 384 });
});

test('it grows with a container and shrinks when it ends: vCPUs are first left by the guest', async () => {
  const { size, log } = sandbox();
  await size.add('a', limits(1.5, 512));
  await size.add('b', undefined);
  await size.remove('b');
  await size.remove('a');
  await size.remove('a');
  expect(log).toEqual(['machine 3 768', 'guest +2 false 3 512', 'guest +0 true 1 512', 'machine 1 256']);
});

test('an update grows before and shrinks after the guest has the new limits', async () => {
  const { size, log } = sandbox();
  await size.add('a', limits(1, 512));
  log.length = 0;
  await size.update('a', limits(3, 128), async () => void log.push('limits are set'));
  expect(log).toEqual(['machine 4 768', 'guest +2 true 4 512', 'limits are set', 'machine 4 384']);
});

test('what is refused is undone: by the host, by the guest, by the limits themselves', async () => {
  const { size, log, state } = sandbox({ vcpus: 8, memoryMib: 1024 });
  await size.add('a', limits(1, 512));
  await expect(size.add('b', limits(1, 4096))).rejects.toMatchObject({
    code: 'host-refused',
    message: 'the virtual machine cannot have 3 vCPUs and 4864 MiB: too much memory',
  });
  state.guestRefuses = true;
  await expect(size.add('b', limits(1, 128))).rejects.toMatchObject({ code: 'guest-refused' });
  expect(state.size).toEqual({ vcpus: 2, memoryMib: 768 });
  state.guestRefuses = false;
  const refused = size.update('a', limits(2, 512), () => Promise.reject(new Error('crun says no')));
  await expect(refused).rejects.toThrow('crun says no');
  expect(state.size).toEqual({ vcpus: 2, memoryMib: 768 });
  log.length = 0;
  await size.add('b', limits(1, 128));
  expect(log).toEqual(['machine 3 896', 'guest +1 false 3 640']);
});

test('fewer vCPUs than wanted are told', async () => {
  const { size, log } = sandbox({ vcpus: 2, memoryMib: 1024 });
  await size.add('a', limits(4, 256));
  expect(log.at(-1)).toBe(
    'the virtual machine has 2 vCPUs and 512 MiB, not 5 vCPUs and 512 MiB, which is the most it can have',
  );
});

test('a sandbox of static size stays as it is', async () => {
  const { size, log } = sandbox(undefined, true);
  await size.add('a', limits(4, 256));
  await size.update('a', limits(1, 256), async () => void log.push('limits are set'));
  expect(log).toEqual(['limits are set']);
});
