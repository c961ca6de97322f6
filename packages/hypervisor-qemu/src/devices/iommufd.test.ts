import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import { QmpClient } from '@hako/qmp';
import { ScriptedQemu } from '@hako/qmp/testing';
import { expect, onTestFinished, test } from 'vitest';
import { addIommufd, checkIommufd } from './iommufd.ts';

/** A QEMU with these types of objects: what it was told. */
async function added(types: readonly string[], present: readonly string[] = []): Promise<unknown[]> {
  const qemu = new ScriptedQemu();
  const qmp = await QmpClient.connect(qemu.stream);
  const named = (names: readonly string[]) => ({ return: names.map((name) => ({ name, type: 'x' })) });
  qemu.onCommand = ({ execute }) => {
    if (execute === 'qom-list-types') return named(types);
    return execute === 'qom-list' ? named(present) : { return: {} };
  };
  try {
    await addIommufd(qmp);
    return qemu.commands
      .filter(({ execute }) => execute === 'object-add')
      .map((command) => command.arguments);
  } finally {
    qmp.close();
  }
}

test('a machine gets one iommufd, once', async () => {
  expect(await added(['iommufd'])).toEqual([{ 'qom-type': 'iommufd', id: 'iommufd0' }]);
  expect(await added(['iommufd'], ['ram0', 'iommufd0'])).toEqual([]);
  await expect(added([])).rejects.toMatchObject({
    code: 'host-not-ready',
    message: expect.stringMatching(/^this is a QEMU without iommufd.*\/dev\/vfio\/N/),
  });
});

test('QEMU is asked before it starts, where a device needs it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hako-iommufd-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const program = (objects: string): string => {
    const path = join(dir, objects);
    writeFileSync(
      path,
      `#!/bin/sh\n[ "$*" = "-object help" ] && printf 'List:\\n  rng-random\\n  ${objects}\\n'\n`,
    );
    chmodSync(path, 0o755);
    return path;
  };
  const check = (path: string, iommufd: boolean) =>
    checkIommufd({
      hypervisor: { ...defaultRuntimeConfig().hypervisor, path },
      devices: [{ kind: 'vfio', id: 'a', address: '0000:3b:00.0', iommufd }],
    });
  expect(await check(program('iommufd'), true)).toEqual([]);
  expect(await check(program('iothread'), true)).toEqual([
    expect.objectContaining({
      severity: 'error',
      field: 'hypervisor.qemu.path',
      value: join(dir, 'iothread'),
    }),
  ]);
  expect(await check('/no/qemu', false)).toEqual([]);
});
