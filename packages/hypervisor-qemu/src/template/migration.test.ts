import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpClient } from '@hako/qmp';
import { ScriptedQemu } from '@hako/qmp/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadState, saveState } from './migration.ts';

let folder: string;
let state: string;
let qemu: ScriptedQemu;
let qmp: QmpClient;
const sent: number[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hako-migration-'));
  state = join(folder, 'state');
  qemu = new ScriptedQemu();
  sent.length = 0;
  qmp = await QmpClient.connect(qemu.stream, {
    sendDescriptor: (fd, text) => {
      sent.push(fd);
      qemu.stream.write(text);
    },
  });
});

afterEach(() => {
  qmp.close();
  rmSync(folder, { recursive: true });
});

/** Ends the transfer when it was asked for, and tells of other things before. */
function transferEnds(status: string): void {
  qemu.onCommand = ({ execute }) => {
    if (execute === 'migrate' || execute === 'migrate-incoming')
      setImmediate(() => {
        qemu.event('MIGRATION', { status: 'active' });
        qemu.event('RTC_CHANGE', { status: 'failed' });
        qemu.event('MIGRATION', { status });
      });
    return { return: {} };
  };
}

const capabilities = {
  capabilities: [
    { capability: 'x-ignore-shared', state: true },
    { capability: 'events', state: true },
  ],
};
const descriptor = { execute: 'getfd', arguments: { fdname: 'template-state' } };
const uri = { uri: 'fd:template-state' };

test('a machine is stopped, and its state goes to a new file by descriptor', async () => {
  transferEnds('completed');
  await saveState(qmp, state);
  expect(qemu.commands).toEqual([
    { execute: 'migrate-set-capabilities', arguments: capabilities },
    descriptor,
    { execute: 'stop' },
    { execute: 'migrate', arguments: uri },
  ]);
  expect(existsSync(state)).toBe(true);
  expect(sent).toHaveLength(1);
  await expect(saveState(qmp, state)).rejects.toMatchObject({ code: 'EEXIST' });
});

test('a copy runs once it has its state', async () => {
  writeFileSync(state, 'state');
  transferEnds('completed');
  await loadState(qmp, state);
  expect(qemu.commands).toEqual([
    { execute: 'migrate-set-capabilities', arguments: capabilities },
    descriptor,
    { execute: 'migrate-incoming', arguments: uri },
    { execute: 'cont' },
  ]);
});

test('what fails is told, and no descriptor stays open', async () => {
  writeFileSync(state, 'state');
  const before = openSync('/dev/null', 'r');
  closeSync(before);
  transferEnds('failed');
  await expect(loadState(qmp, state)).rejects.toMatchObject({ code: 'template-failed' });
  qemu.onCommand = () => ({ error: { class: 'GenericError', desc: 'no such capability' } });
  await expect(loadState(qmp, state)).rejects.toMatchObject({ code: 'command-failed' });
  const after = openSync('/dev/null', 'r');
  closeSync(after);
  expect(after).toBe(before);
});
