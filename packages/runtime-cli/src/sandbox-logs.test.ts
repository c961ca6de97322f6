import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateStore } from '@hako/sandbox/state';
import { afterAll, expect, test } from 'vitest';
import { byTime, readSandboxLogs } from './sandbox-logs.ts';

const root = mkdtempSync(join(tmpdir(), 'hako-logs-'));
afterAll(() => rmSync(root, { recursive: true }));

test('lines of all parts by time; a line without a time goes with the one before', () => {
  const store = new StateStore(root);
  store.reserve('box');
  const { logs, shimLog } = store.sandbox('box');
  mkdirSync(logs);
  const at = (second: number) => `2030-01-01T00:00:0${second}.000Z`;
  writeFileSync(shimLog, `${at(1)} info machine runs\nError: boom\n    at x\n${at(5)} info stopped\n`);
  writeFileSync(join(logs, 'console.log.old'), `${at(2)} Linux version 6.1\r\n`);
  writeFileSync(join(logs, 'console.log'), `${at(3)} hako-agent: ready\n${at(3)} \n`);
  writeFileSync(join(logs, 'qemu.log'), `${at(4)} qemu: warning\n`);
  expect(
    byTime(readSandboxLogs(store, 'box')).map(({ time, source, text }) => [time.at(18), source, text]),
  ).toEqual([
    ['1', 'shim', 'info machine runs'],
    ['1', 'shim', 'Error: boom'],
    ['1', 'shim', '    at x'],
    ['2', 'kernel', 'Linux version 6.1'],
    ['3', 'agent', 'hako-agent: ready'],
    ['4', 'qemu', 'qemu: warning'],
    ['5', 'shim', 'info stopped'],
  ]);
});
