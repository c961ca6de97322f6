import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { AgentService, Health, type Process, processToProto, specToProto } from '@hako/agent-protocol';
import { type ServiceClient, TtrpcClient } from '@hako/ttrpc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualMachine } from './virtual-machine.ts';
import { makeVsockPrograms } from './vsock-programs.ts';

// One virtual machine for all; the tests run in order and the last one ends it.
let machine: VirtualMachine;
let socket: Socket;
let agent: ServiceClient<AgentService>;
let health: ServiceClient<Health>;

async function connect(): Promise<void> {
  socket = await machine.connect();
  const client = new TtrpcClient(socket);
  agent = client.service(AgentService);
  health = client.service(Health);
}

beforeAll(async () => {
  machine = new VirtualMachine();
  // Asked before there is anybody to answer: the bytes must wait.
  await connect();
  await health.check({});
});

afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

function processOf(args: readonly string[]): Process {
  return processToProto({ args, cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } });
}

async function run(containerId: string, args: readonly string[], memoryBytes?: number): Promise<void> {
  const OCI = specToProto({
    ociVersion: '1.0.2',
    process: { args: [...args], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } },
    root: { path: '/run/kata-containers/shared/containers/rootfs' },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
    ],
    linux: {
      cgroupsPath: `/hako/${containerId}`,
      namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }],
      ...(memoryBytes === undefined ? {} : { resources: { memory: { limit: memoryBytes } } }),
    },
  } as Parameters<typeof specToProto>[0]);
  await agent.createContainer({ containerId, execId: containerId, OCI });
  await agent.startContainer({ containerId });
}

async function output(containerId: string, execId = containerId): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { data } = await agent.readStdout({ containerId, execId, len: 262_144 });
    if (data.length === 0) return Buffer.concat(chunks);
    chunks.push(data);
  }
}

async function errors(containerId: string, execId: string): Promise<Uint8Array> {
  return (await agent.readStderr({ containerId, execId, len: 65_536 })).data;
}

async function exec(containerId: string, execId: string, args: readonly string[]) {
  await agent.execProcess({ containerId, execId, process: processOf(args) });
  const bytes = await output(containerId, execId);
  return { bytes, status: (await agent.waitProcess({ containerId, execId })).status };
}

test('tells when it came up', async () => {
  const { agentDetails } = await agent.getGuestDetails({});
  const features = agentDetails?.extraFeatures.join(' ') ?? '';
  const [, start, ready] = /agent_start_ms=(\d+) hako\.boot\.agent_ready_ms=(\d+)/.exec(features) ?? [];
  expect(Number(start)).toBeGreaterThan(0);
  expect(Number(ready)).toBeGreaterThanOrEqual(Number(start));
});

test('sets up the sandbox: host name, clock, share', async () => {
  await agent.setGuestDateTime({ Sec: 1_900_000_000n });
  await agent.reseedRandomDev({ data: new Uint8Array(32) });
  await agent.createSandbox({
    hostname: 'guest-1',
    // Of the image, which is a disk.
    kernelModules: ['loop', 'vsock_loopback'].map((name) => ({ name, parameters: [] })),
    storages: [
      {
        driver: '9p',
        source: 'kataShared',
        fstype: '9p',
        options: ['trans=virtio,version=9p2000.L,cache=mmap', 'nodev'],
        mountPoint: '/run/kata-containers/shared/containers/',
      },
    ],
  });
  await run('first', [
    'sh',
    '-c',
    'hostname; cat /proc/self/cgroup; echo $(($(date +%s) / 10000000)); exit 3',
  ]);
  expect(String(await output('first'))).toMatch(/^guest-1\n0::\/hako\/first\n190\n$/);
  expect(await agent.waitProcess({ containerId: 'first', execId: 'first' })).toEqual({ status: 3 });
  await agent.removeContainer({ containerId: 'first', timeout: 10 });
});

test('runs execs beside each other and carries bytes unchanged', async () => {
  await run('box', ['sleep', '100000']);
  const results = await Promise.all(
    [0, 1, 2].map((index) => exec('box', `e${index}`, ['sh', '-c', `echo ${index}; exit ${index}`])),
  );
  expect(results.map(({ bytes, status }) => [String(bytes), status])).toEqual([
    ['0\n', 0],
    ['1\n', 1],
    ['2\n', 2],
  ]);
  await exec('box', 'make', ['dd', 'if=/dev/urandom', 'of=/tmp/data', 'bs=64k', 'count=16']);
  const sum = String((await exec('box', 'sum', ['md5sum', '/tmp/data'])).bytes).slice(0, 32);
  const { bytes } = await exec('box', 'cat', ['cat', '/tmp/data']);
  expect(createHash('md5').update(bytes).digest('hex')).toBe(sum);
  await expect(exec('box', 'nope', ['nope'])).rejects.toMatchObject({
    message: 'executable file `nope` not found in $PATH: No such file or directory',
  });
});

test('counts, limits, pauses', async () => {
  const stats = await agent.statsContainer({ containerId: 'box' });
  expect(stats.cgroupStats?.pidsStats?.current).toBeGreaterThanOrEqual(1n);
  expect(stats.cgroupStats?.memoryStats?.usage?.usage).toBeGreaterThan(0n);
  await agent.updateContainer({ containerId: 'box', resources: { Pids: { Limit: 77n } } });
  expect((await agent.statsContainer({ containerId: 'box' })).cgroupStats?.pidsStats?.limit).toBe(77n);
  await agent.pauseContainer({ containerId: 'box' });
  await expect(exec('box', 'paused', ['true'])).rejects.toMatchObject({ code: 'failed-precondition' });
  await agent.resumeContainer({ containerId: 'box' });
  expect((await exec('box', 'resumed', ['true'])).status).toBe(0);
});

test('tells figures of the guest, and changes the size of a mount in memory', async () => {
  const { metrics } = await agent.getMetrics({});
  expect(metrics).toMatch(/^kata_guest_meminfo\{item="memtotal"\} [0-9]{8,}$/m);
  expect(metrics).toMatch(/^kata_guest_diskstat\{disk="vda",item="reads"\} [0-9]+$/m);
  const shm = { driver: 'ephemeral', fstype: 'tmpfs', mountPoint: '/run/kata-containers/sandbox/shm' };
  const sizeOf = async (size: string) => {
    await agent.updateEphemeralMounts({ storages: [{ ...shm, options: [`size=${size}`] }] });
  };
  await expect(sizeOf('2M')).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(agent.memHotplugByProbe({ memHotplugProbeAddr: [1n] })).rejects.toMatchObject({
    code: 'failed-precondition',
  });
});

test('finds a disk by its PCI slot and swaps to it', async () => {
  const total = async () => /item="swaptotal"\} ([0-9]+)/.exec((await agent.getMetrics({})).metrics)?.[1];
  expect(await total()).toBe('0');
  await expect(agent.addSwapPath({ path: '/dev/vda' })).rejects.toMatchObject({ code: 'internal' });
  await expect(agent.addSwapPath({ path: '/etc/passwd' })).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  await agent.addSwap({ PCIPath: [0x10] });
  expect(Number(await total())).toBeGreaterThan(15 << 20);
});

test('gives PCI devices to a driver of the guest, and by VFIO to a container', async () => {
  const pass = async (containerId: string, type: string, way: string, script: string): Promise<string> => {
    const OCI = specToProto({
      ociVersion: '1.0.2',
      process: {
        args: ['/bin/sh', '-c', script],
        cwd: '/',
        env: ['PATH=/bin', 'PCIDEVICE_CARD=0000:3b:00.0'],
        user: { uid: 0, gid: 0 },
      },
      root: { path: '/run/kata-containers/shared/containers/rootfs' },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
        { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
        { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro'] },
      ],
      linux: {
        cgroupsPath: `/hako/${containerId}`,
        namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }],
        ...(type === 'vfio-pci'
          ? { devices: [{ path: '/dev/vfio/12', type: 'c', major: 240, minor: 7, fileMode: 0o600 }] }
          : {}),
        resources: {
          devices: [
            { allow: false, access: 'rwm' },
            { allow: true, type: 'c', major: 240, minor: 7, access: 'rw' },
          ],
        },
      },
    } as Parameters<typeof specToProto>[0]);
    const device = { type, id: '12', containerPath: '/dev/vfio/12', options: [`0000:3b:00.0=${way}`] };
    await agent.createContainer({ containerId, execId: containerId, OCI, devices: [device] });
    await agent.startContainer({ containerId });
    const text = String(await output(containerId));
    await agent.removeContainer({ containerId });
    return text;
  };
  const driver = 'cat /sys/bus/pci/devices/$PCIDEVICE_CARD/uevent';
  expect(await pass('driven', 'vfio-pci-gk', '08/00', driver)).toMatch(/^DRIVER=nvme$/m);
  // Opened, which the rules of the device cgroup allow for this one.
  const opened = await pass(
    'given',
    'vfio-pci',
    '09/00',
    `${driver}; for f in /dev/vfio/*; do : <> $f && echo $f; done`,
  );
  expect(opened).toMatch(/^DRIVER=vfio-pci$/m);
  expect(opened).toMatch(/^\/dev\/vfio\/[0-9]+$/m);
});

test('tells of containers that the kernel killed for want of memory', async () => {
  const event = agent.getOOMEvent({});
  await run('hungry', ['tail', '/dev/zero'], 16 << 20);
  expect(await agent.waitProcess({ containerId: 'hungry', execId: 'hungry' })).toEqual({ status: 137 });
  expect(await event).toEqual({ containerId: 'hungry' });
  await agent.removeContainer({ containerId: 'hungry', timeout: 10 });
});

test('a host that comes again finds the containers, after half a frame of its predecessor', async () => {
  await agent.execProcess({
    containerId: 'box',
    execId: 'late',
    process: processOf(['sh', '-c', 'sleep 2; echo late']),
  });
  const waiting = agent.readStdout({ containerId: 'box', execId: 'late', len: 100 });
  // A header of a frame of 255 bytes, and no more.
  socket.write(Uint8Array.of(0, 0, 0, 255, 0, 0, 1));
  socket.end();
  await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  // A guest that was too busy to see the close takes what comes now for the rest of the frame. A host that gets no
  // answer closes again, and gives it more time.
  for (let timeoutMs = 1000; ; timeoutMs *= 2) {
    await connect();
    const answered = await health.check({}, { timeoutMs }).then(
      () => true,
      () => false,
    );
    if (answered) break;
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, timeoutMs));
  }
  expect(String(await output('box', 'late'))).toBe('late\n');
});

test('signals every process of a container', async () => {
  const ends = ['box', 'sleeper'].map((execId) => ({ containerId: 'box', execId }));
  await agent.execProcess({ containerId: 'box', execId: 'sleeper', process: processOf(['sleep', '1000']) });
  const waits = Promise.all(ends.map((request) => agent.waitProcess(request)));
  await agent.signalProcess({ containerId: 'box', execId: '', signal: 9 });
  expect(await waits).toEqual([{ status: 137 }, { status: 137 }]);
});

test('by vsock too: many connections, more bytes than a socket holds, and nobody but the host', async () => {
  await makeVsockPrograms(join(machine.dir, 'share/rootfs'));
  await run('vsock', ['vsock-server']);
  const { bytes, status } = await exec('vsock', 'client', ['vsock-client']);
  const said = String(bytes) + String(await errors('vsock', 'client'));
  expect([said, status]).toEqual([
    'served true true\nserved again 1\nrefused closed\nnobody there ETIMEDOUT ECONNRESET\n',
    0,
  ]);
  await agent.signalProcess({ containerId: 'vsock', execId: 'vsock', signal: 9 });
  await agent.removeContainer({ containerId: 'vsock', timeout: 10 });
});

test('destroys the sandbox, answers, and powers off', async () => {
  await run('left', ['sleep', '1000']);
  await agent.destroySandbox({});
  expect(await machine.exit).toBe(0);
  expect(machine.console).not.toContain('hako-agent:');
});
