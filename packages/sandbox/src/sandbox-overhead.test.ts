import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { posixHost } from './posix-host.ts';
import { sandboxProcesses } from './sandbox-overhead.ts';
import { StateStore } from './state-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-overhead-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('processes that run are measured; those that ended, and others of the same pid, are not', () => {
  const host = posixHost();
  const store = new StateStore(folder);
  store.reserve('box');
  const startTime = host.processStartTime(process.pid) ?? 0;
  store.writeShimRecord('box', { pid: process.pid, startTime });
  const entries = [
    { op: 'started', role: 'qemu', pid: process.ppid, startTime: 1 },
    { op: 'started', role: 'virtiofsd', pid: process.pid, startTime },
  ];
  writeFileSync(store.sandbox('box').journal, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  const found = sandboxProcesses(store, 'box');
  expect(found.map(({ role }) => role)).toEqual(['shim', 'virtiofsd']);
  expect(found[0]?.cpuNs).toBeGreaterThan(0);
  expect(found[0]?.memoryBytes).toBeGreaterThan(1 << 20);
});
