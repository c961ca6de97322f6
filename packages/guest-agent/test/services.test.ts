import { duplexPair } from 'node:stream';
import { AgentService, Health } from '@hako/agent-protocol';
import { TtrpcClient } from '@hako/ttrpc';
import { expect, test } from 'vitest';
import { createAgentServer } from '../src/agent.ts';
import { RecordingMachine } from './recording-machine.ts';

function connect(prepared?: () => Promise<void>) {
  const machine = new RecordingMachine();
  const [here, there] = duplexPair();
  const events: string[] = [];
  createAgentServer({
    machine,
    destroyed: () => events.push('destroyed'),
    bootTimes: () => ({ agentStartMs: 120, agentReadyMs: 340 }),
    runDir: '/nonexistent/run',
    storageRoot: '/nonexistent/storage',
    ...(prepared === undefined ? {} : { prepared }),
  }).serve(there);
  const client = new TtrpcClient(here);
  return { machine, events, client, agent: client.service(AgentService), health: client.service(Health) };
}

test('health', async () => {
  const { health } = connect();
  expect(await health.check({})).toEqual({ status: 1 });
  expect(await health.version({})).toEqual({ grpcVersion: '0.0.1', agentVersion: '0.1.0' });
});

test('the guest: details, clock, randomness', async () => {
  const { agent, machine } = connect();
  expect(await agent.getGuestDetails({})).toMatchObject({
    memBlockSizeBytes: 0n,
    supportMemHotplugProbe: false,
    agentDetails: {
      version: '0.1.0',
      initDaemon: false,
      storageHandlers: expect.arrayContaining(['virtio-fs', '9p']) as string[],
      extraFeatures: [
        'hako.lost_members',
        'hako.kept_status',
        'hako.boot.agent_start_ms=120',
        'hako.boot.agent_ready_ms=340',
      ],
    },
  });
  await agent.setGuestDateTime({ Sec: 1_900_000_000n, Usec: 5n });
  await agent.reseedRandomDev({ data: new Uint8Array(16) });
  expect(machine.log).toEqual(['clock 1900000000.5', 'entropy 16']);
  await expect(agent.setGuestDateTime({ Sec: -1n })).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(agent.setGuestDateTime({ Sec: 1n, Usec: 1_000_000n })).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  await expect(agent.reseedRandomDev({})).rejects.toMatchObject({ code: 'invalid-argument' });
});

test('sandbox: modules with their parameters, and its end', async () => {
  const { agent, machine, events } = connect();
  await agent.createSandbox({ kernelModules: [{ name: 'dummy', parameters: ['numdummies=2'] }] });
  expect(machine.log).toEqual(['image', 'modprobe -- dummy numdummies=2']);
  machine.statuses.set('modprobe -- nope', 1);
  await expect(agent.createSandbox({ kernelModules: [{ name: 'nope' }] })).rejects.toMatchObject({
    code: 'internal',
    message: 'kernel module nope could not be loaded',
  });
  const oom = agent.getOOMEvent({});
  await agent.destroySandbox({});
  await expect(oom).rejects.toMatchObject({ code: 'failed-precondition' });
  expect(machine.log.at(-1)).toBe('sync');
  expect(events).toEqual(['destroyed']);
  await expect(
    agent.createContainer({ containerId: 'late', OCI: { Root: { Path: '/x' }, Process: {} } }),
  ).rejects.toMatchObject({ code: 'failed-precondition' });
});

test('a guest that cannot be prepared says so to who needs it, and to nobody else', async () => {
  const { agent, health } = connect(() => Promise.reject(new Error('no cgroups')));
  await expect(agent.createSandbox({})).rejects.toMatchObject({ code: 'internal', message: 'no cgroups' });
  expect(await health.check({})).toEqual({ status: 1 });
});

test.each([
  ['no spec', { containerId: 'c' }, 'invalid-argument'],
  ['no root', { containerId: 'c', OCI: { Process: {} } }, 'invalid-argument'],
  ['no process', { containerId: 'c', OCI: { Root: { Path: '/x' } } }, 'invalid-argument'],
  [
    'devices that are no disks',
    { containerId: 'c', devices: [{ type: 'vfio-ap' }], OCI: { Root: { Path: '/x' }, Process: {} } },
    'unimplemented',
  ],
  [
    'stdio ports',
    { containerId: 'c', stdoutPort: 5, OCI: { Root: { Path: '/x' }, Process: {} } },
    'unimplemented',
  ],
  ['a path as id', { containerId: '../c', OCI: { Root: { Path: '/x' }, Process: {} } }, 'invalid-argument'],
  ['an empty id', { containerId: '', OCI: { Root: { Path: '/x' }, Process: {} } }, 'invalid-argument'],
])('refuses a container with %s', async (_what, request, code) => {
  const { agent, machine } = connect();
  await expect(agent.createContainer(request)).rejects.toMatchObject({ code });
  expect(machine.log).toEqual([]);
});

test('every method answers every call, whatever bytes it brings, and the agent lives on', async () => {
  const { client, health } = connect();
  // Each type takes what it can from bytes that were not made for it; the seed is fixed.
  let seed = 1;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed;
  };
  const raw = (bytes: Uint8Array) => ({ encode: () => bytes });
  const methods = Object.entries(AgentService.methods).filter(
    ([name]) => name !== 'GetOOMEvent' && name !== 'CreateSandbox',
  );
  expect(methods.length).toBeGreaterThan(35);
  for (const [name, type] of methods) {
    for (let round = 0; round < 5; round++) {
      const bytes = Uint8Array.from({ length: random() % 40 }, () => random() % 256);
      const service = {
        name: AgentService.name,
        methods: { [name]: { ...type, request: { ...type.request, ...raw(bytes) } } },
      };
      await client.call(service, name, {}).catch((error: unknown) => {
        expect(error).toMatchObject({ facts: { origin: 'peer' } });
      });
    }
  }
  expect(await health.check({})).toEqual({ status: 1 });
});

test('methods of features that it does not have are refused as by Kata without them', async () => {
  const { agent } = connect();
  await expect(agent.setPolicy({})).rejects.toMatchObject({
    code: 'not-found',
    message: '/grpc.AgentService/SetPolicy is not supported',
  });
  for (const call of [agent.memAgentMemcgSet({}), agent.memAgentCompactSet({})])
    await expect(call).rejects.toMatchObject({ code: 'internal', message: 'mem-agent is disabled' });
});
