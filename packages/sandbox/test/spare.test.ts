import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { defaultRuntimeConfig } from '@hako/config';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearSpareFolder, Sandbox, SpareMachine, StateStore, spareKey } from '../src/index.ts';
import { fakeHost } from '../src/testing/fake-host.ts';
import { FakeMachine } from '../src/testing/fake-machine.ts';
import { plainTranslation } from '../src/testing/plain-translation.ts';

const views: string[] = [];
const host = fakeHost({ mountView: (_folders, target) => void views.push(target) });

let top: string;
/** Of the spare machine. */
let folder: string;
let store: StateStore;
let machine: FakeMachine;
let logged: string[];

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'hako-spare-'));
  folder = join(top, 'spare');
  for (const each of [folder, join(top, 'bundle/rootfs')]) mkdirSync(each, { recursive: true });
  store = new StateStore(join(top, 'state'));
  store.reserve('c1');
  machine = new FakeMachine();
  // What warms the guest: its container ends at once, and prints what its clock says.
  machine.endsAtOnce.add('template');
  machine.outputs.set('template', () => `${performance.now() / 1000} 0.00\n`);
  logged = [];
});
afterEach(() => rmSync(top, { recursive: true }));

function translated(memoryMib = 256) {
  const config = defaultRuntimeConfig();
  return plainTranslation({
    bundlePath: join(top, 'bundle'),
    containerId: 'c1',
    config: { ...config, hypervisor: { ...config.hypervisor, defaultMemoryMib: memoryMib } },
  });
}

const make = (options: { readonly signal?: AbortSignal } = {}) =>
  SpareMachine.make({
    config: translated().sandbox,
    folder,
    hypervisor: machine,
    host,
    log: (message) => logged.push(message),
    ...options,
  });

test('a machine waits paused, and becomes the one of the sandbox that gets it', async () => {
  const spare = await make();
  expect(machine.launches).toEqual(['boot']);
  // Warmed, once for the code and once for the clock.
  expect(machine.calls.filter((call) => call === 'removeContainer template')).toHaveLength(2);
  expect(machine.calls.at(-1)).toBe('pause');
  machine.calls.length = 0;
  const paths = store.sandbox('c1');
  spare.handOver(paths.journal);
  // Whoever removes the sandbox, also from outside, removes the machine's folder.
  expect(readFileSync(paths.journal, 'utf8')).toContain(`"path":"${folder}"`);

  const { sandbox: plain, container } = translated();
  // Not a matter of the machine: it is bound into its share now.
  const config = { ...plain, runtime: { ...plain.runtime, sandboxBindMounts: [join(top, 'bundle')] } };
  const ready = await spare.adopt(config, paths);
  expect(machine.calls[0]).toBe('resume');
  expect(machine.calls.slice(1).toSorted()).toEqual(['reseedRandomDev 512', 'setGuestDateTime']);
  expect(readlinkSync(paths.vm)).toBe(join(folder, 'vm'));
  const sandbox = new Sandbox({ config, store, host, hypervisor: machine, ready });
  const io = { stdin: undefined, stdout: new PassThrough(), stderr: new PassThrough() };
  await sandbox.createContainer({ config: container, io: io as never, pid: process.pid });
  expect(machine.launches).toEqual(['boot']);
  expect(machine.calls.slice(3)).toEqual(['createSandbox', 'createContainer c1']);
  // Its own folder is the one that is shared: nothing that is mounted is reached through a link.
  expect(readdirSync(join(folder, 'share-folders'))).toEqual(['c1~rootfs', 'sandbox-mounts']);
  expect(readFileSync(paths.journal, 'utf8')).toContain(join(folder, 'share/sandbox-mounts/bundle'));
  // A second view would cover the one that the machine has.
  expect(views.filter((view) => view === join(folder, 'share'))).toHaveLength(1);
  await sandbox.destroy();
  expect([machine.stopped > 0, existsSync(folder)]).toEqual([true, false]);
});

test('a sandbox that wants another machine does not get it, and nothing of it stays', async () => {
  const spare = await make();
  const paths = store.sandbox('c1');
  spare.handOver(paths.journal);
  expect(await spare.adopt(translated(512).sandbox, paths)).toBeUndefined();
  expect(logged.at(-1)).toBe('the machine that was ready is not used: the sandbox wants another one');
  expect([machine.stopped, existsSync(folder), existsSync(paths.vm)]).toEqual([1, false, false]);
});

test('a guest that cannot be warmed, as one without our programs, waits as it is', async () => {
  machine.refusals.set('createContainer', 'no busybox');
  const spare = await make();
  expect(logged.at(-1)).toContain('no busybox');
  expect([machine.stopped, machine.calls.at(-1)]).toEqual([0, 'pause']);
  await spare.discard();
});

test('a machine that does not take entropy any more is none', async () => {
  const spare = await make();
  const paths = store.sandbox('c1');
  spare.handOver(paths.journal);
  machine.refusals.set('reseedRandomDev', 'no such device');
  expect(await spare.adopt(translated().sandbox, paths)).toBeUndefined();
  expect(logged.at(-1)).toContain('no such device');
  expect(existsSync(folder)).toBe(false);
});

test('nobody waits for the boot of a machine that is not wanted any more', async () => {
  machine.mute = true;
  const ending = new AbortController();
  const made = make({ signal: ending.signal });
  await expect.poll(() => machine.launches).toEqual(['boot']);
  ending.abort();
  await expect(made).rejects.toMatchObject({ code: 'boot-failed' });
  expect(machine.stopped).toBeGreaterThan(0);
  await clearSpareFolder(folder, host);
  expect(existsSync(folder)).toBe(false);
});

test('the key is that of the machine and of its settings, not of the sandbox', async () => {
  const key = await spareKey(machine, translated().sandbox);
  expect(await spareKey(machine, { ...translated().sandbox, id: 'c2' })).toBe(key);
  expect(await spareKey(machine, translated(512).sandbox)).not.toBe(key);
  const { sandbox } = translated();
  const settings = { ...sandbox.hypervisor, virtioFsCache: 'never' } as typeof sandbox.hypervisor;
  expect(await spareKey(machine, { ...sandbox, hypervisor: settings })).not.toBe(key);
  const microvm = { ...sandbox, hypervisor: { ...sandbox.hypervisor, machineType: 'microvm' as const } };
  await expect(spareKey(machine, microvm)).rejects.toMatchObject({ code: 'unsupported' });
});
