import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentService, Health, type Spec, specToProto } from '@hako/agent-protocol';
import { TtrpcClient } from '@hako/ttrpc';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readManifest } from '../src/index.ts';
import { guestDir, Vm, type VmOptions } from './vm.ts';

let share: string;
let vm: Vm | undefined;

beforeEach(() => {
  share = mkdtempSync(join(tmpdir(), 'guest-share-'));
  const bin = join(share, 'box/rootfs/bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['proc', 'sys', 'dev']) mkdirSync(join(share, 'box/rootfs', name));
  copyFileSync('/bin/busybox', join(bin, 'busybox'));
  for (const applet of ['sh', 'cat', 'sed', 'sleep', 'uname']) symlinkSync('busybox', join(bin, applet));
});
afterEach(async () => {
  await vm?.stop();
  vm = undefined;
  rmSync(share, { recursive: true });
});

function boot(options: VmOptions): Vm {
  vm = new Vm(options);
  return vm;
}

function spec(...args: string[]): Spec {
  return specToProto({
    ociVersion: '1.0.2',
    process: { args, cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 }, terminal: false },
    root: { path: '/run/kata-containers/shared/containers/box/rootfs', readonly: false },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: [] },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    ],
    linux: {
      cgroupsPath: '/box',
      namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }, { type: 'uts' }],
      resources: { memory: { limit: 64 << 20 } },
    },
  });
}

const image = join(guestDir, 'hako-guest.img');

test('the probe writes its byte', async () => {
  const machine = boot({ initrd: join(guestDir, 'probe-initrd.img') });
  const socket = await machine.connect();
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(String(first)).toBe('R');
  socket.destroy();
}, 120_000);

test('the guest runs a container, survives a reconnect, and switches off', async () => {
  const machine = boot({ image, shareDir: share });
  // Written before the guest has even begun to boot.
  const first = new TtrpcClient(await machine.connect());
  expect(await first.service(Health).check({})).toMatchObject({ status: 1 });
  first.close();

  const client = new TtrpcClient(await machine.connect());
  const agent = client.service(AgentService);
  await agent.createSandbox({
    hostname: 'box',
    // Only the image has it.
    kernelModules: [{ name: 'loop', parameters: ['max_loop=1'] }],
    storages: [
      {
        driver: '9p',
        source: readManifest(guestDir).boot.shareTag,
        fstype: '9p',
        options: ['trans=virtio,version=9p2000.L,cache=mmap', 'msize=262144'],
        mountPoint: '/run/kata-containers/shared/containers/',
      },
    ],
  });
  const command =
    "uname -r; sed -n 's/ .*//; /^loop$/p' /proc/modules; cat /proc/self/personality; cat; exit 7";
  await agent.createContainer({ containerId: 'box', execId: 'box', OCI: spec('/bin/sh', '-c', command) });
  await agent.startContainer({ containerId: 'box' });

  // crun runs with fixed addresses in this guest; what it starts must not.
  await agent.execProcess({
    containerId: 'box',
    execId: 'look',
    process: spec('/bin/cat', '/proc/self/personality').Process,
  });
  expect(await output('look')).toBe('00000000\n');
  expect(await agent.waitProcess({ containerId: 'box', execId: 'look' })).toMatchObject({ status: 0 });

  await agent.execProcess({
    containerId: 'box',
    execId: 'sleeper',
    process: spec('/bin/sleep', '1000').Process,
  });
  await agent.signalProcess({ containerId: 'box', execId: 'sleeper', signal: 9 });
  expect(await agent.waitProcess({ containerId: 'box', execId: 'sleeper' })).toMatchObject({ status: 137 });

  await agent.writeStdin({ containerId: 'box', execId: 'box', data: Buffer.from('from the host\n') });
  await agent.closeStdin({ containerId: 'box', execId: 'box' });
  expect(await agent.waitProcess({ containerId: 'box', execId: 'box' })).toMatchObject({ status: 7 });
  const { kernelRelease } = readManifest(guestDir);
  expect(await output('box')).toBe(`${kernelRelease}\nloop\n00000000\nfrom the host\n`);

  await agent.removeContainer({ containerId: 'box', timeout: 10 });
  await agent.destroySandbox({});
  expect(await machine.exited).toBe(0);
  client.close();

  async function output(execId: string): Promise<string> {
    let text = '';
    for (;;) {
      const { data } = await agent.readStdout({ containerId: 'box', execId, len: 4096 });
      if (data.length === 0) return text;
      text += Buffer.from(data).toString();
    }
  }
}, 240_000);

test.each([
  ['no image', undefined, 'errno 2'],
  ['something else as its image', Buffer.alloc(1 << 20), 'errno 22'],
])(
  'a machine with %s says so when something of the image is needed',
  async (_name, content, word) => {
    const other = join(share, 'other.img');
    if (content !== undefined) writeFileSync(other, content);
    const machine = boot(content === undefined ? {} : { image: other });
    const client = new TtrpcClient(await machine.connect());
    const agent = client.service(AgentService);
    await expect(
      agent.createSandbox({ kernelModules: [{ name: 'loop', parameters: [] }] }),
    ).rejects.toMatchObject({ message: expect.stringContaining(`image cannot be mounted: ${word}`) });
    client.close();
  },
  120_000,
);
