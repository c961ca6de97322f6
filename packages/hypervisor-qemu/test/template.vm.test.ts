import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskDevice, SharedDirectory, TemplateFiles } from '@hako/hypervisor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { QemuHypervisor } from '../src/index.ts';
import { demandRealParts, probeGuestConfig, Stage } from './support.ts';

const bootTimeoutMs = 120_000;
const hypervisor = new QemuHypervisor();
let stage: Stage;

beforeAll(() => {
  demandRealParts();
  stage = new Stage();
});

afterAll(() => expect(stage.end()).toEqual([]));

function shareBy(transport: SharedDirectory['transport']): SharedDirectory {
  return { tag: 'kataShared', hostPath: stage.dir, transport, readonly: false };
}

function filesOf(transport: SharedDirectory['transport']): TemplateFiles {
  const folder = join(stage.dir, transport);
  return { memory: join(folder, 'memory'), state: join(folder, 'state') };
}

async function makeTemplate(transport: SharedDirectory['transport']): Promise<TemplateFiles> {
  const files = filesOf(transport);
  mkdirSync(join(stage.dir, transport));
  const machine = await hypervisor.launch(
    stage.vm(probeGuestConfig(), { shares: [shareBy(transport)], template: { role: 'save', files } }),
    stage.options,
  );
  try {
    // The guest has booted.
    await once(machine.agentChannel, 'data');
    await machine.saveTemplate();
    // The one follows the other by itself.
    expect(await machine.status()).toMatch(/^(finish|post)-?migrate$/);
  } finally {
    await machine.stop();
  }
  return files;
}

test.each(['virtio-9p', 'virtio-fs'] as const)(
  'a copy with a share by %s runs, its guest answers to devices, and the template stays as it was',
  {
    timeout: bootTimeoutMs,
  },
  async (transport) => {
    const files = await makeTemplate(transport);
    const hash = () => createHash('sha256').update(readFileSync(files.memory)).digest('hex');
    const before = hash();
    const disk: DiskDevice = {
      kind: 'block',
      id: 'disk1',
      path: join(stage.dir, 'disk'),
      source: 'file',
      format: 'raw',
      readonly: true,
      aio: 'threads',
    };
    writeFileSync(disk.path, '');
    truncateSync(disk.path, 1 << 20);
    const machine = await hypervisor.launch(
      stage.vm(probeGuestConfig(), {
        shares: [shareBy(transport)],
        devices: [disk],
        template: { role: 'clone', files },
      }),
      stage.options,
    );
    try {
      expect(await machine.status()).toBe('running');
      expect(existsSync(join(stage.runtimeDir, 'memory'))).toBe(false);
      // Only a guest that runs lets a device go.
      await machine.unplug(disk.id);
      await expect(machine.saveTemplate()).rejects.toMatchObject({ code: 'template-failed' });
    } finally {
      await machine.stop();
    }
    expect(hash()).toBe(before);
  },
);

test('a template that is not whole makes no machine, and leaves nothing', {
  timeout: bootTimeoutMs,
}, async () => {
  const files = filesOf('virtio-9p');
  const state = join(stage.dir, 'state');
  const clone = (changed: TemplateFiles) =>
    hypervisor.launch(
      stage.vm(probeGuestConfig(), {
        shares: [shareBy('virtio-9p')],
        template: { role: 'clone', files: changed },
      }),
      stage.options,
    );
  writeFileSync(state, readFileSync(files.state).subarray(0, 20_000));
  await expect(clone({ ...files, state })).rejects.toMatchObject({ name: 'QemuError' });
  writeFileSync(state, 'nothing of the kind');
  await expect(clone({ ...files, state })).rejects.toMatchObject({ name: 'QemuError' });
  rmSync(state);
  await expect(clone({ ...files, state })).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the key is that of the machine, not of its name', async () => {
  const keyOf = (changes: Parameters<typeof probeGuestConfig>[0], rest: Parameters<Stage['vm']>[1] = {}) =>
    hypervisor.templateKey(stage.vm(probeGuestConfig(changes), { shares: [shareBy('virtio-9p')], ...rest }));
  const key = await keyOf({});
  expect(key).toEqual({ key: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(await keyOf({}, { id: 'other', runtimeDir: '/elsewhere' })).toEqual(key);
  const others = await Promise.all([
    keyOf({ defaultMemoryMib: 512 }),
    keyOf({ defaultVcpus: 2 }),
    keyOf({ machineType: 'pc' }),
    keyOf({}, { kernelParams: [{ key: 'agent.log', value: 'debug' }] }),
    keyOf({}, { shares: [shareBy('virtio-fs')] }),
    keyOf({ kernel: '/bin/true' }),
  ]);
  const texts = [key, ...others].map((each) => JSON.stringify(each));
  expect(new Set(texts).size).toBe(texts.length);
  expect(await keyOf({ machineType: 'microvm' })).toEqual({ obstacle: expect.stringContaining('microvm') });
  const microvm = stage.vm(probeGuestConfig({ machineType: 'microvm' }), {});
  expect(await hypervisor.machineKey(microvm)).toEqual({ obstacle: expect.stringContaining('microvm') });
  expect(await keyOf({ enableHugepages: true })).toEqual({
    obstacle: expect.stringContaining('enable_hugepages'),
  });
  expect(await keyOf({ rootless: true })).toEqual({ obstacle: expect.stringContaining('rootless') });
});
