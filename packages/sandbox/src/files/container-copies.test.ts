import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentClient } from '@hako/agent-client';
import type { CopyFileRequest } from '@hako/agent-protocol';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ContainerCopies } from './container-copies.ts';

let dir: string;
let copies: ContainerCopies;
let sent: Partial<CopyFileRequest>[];
const logged: string[] = [];
const limits = { entries: 10, bytes: 4 * 1024 * 1024 };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'copies-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  sent = [];
  const agent = { copyFile: async (request: Partial<CopyFileRequest>) => void sent.push(request) };
  copies = new ContainerCopies(agent as unknown as AgentClient, (message) => logged.push(message));
  onTestFinished(() => copies.close());
});

const sentPaths = (): string[] => sent.map(({ path }) => path ?? '');

test('a folder with a large file and a link, in pieces', async () => {
  const source = join(dir, 'source');
  mkdirSync(source, { mode: 0o750 });
  writeFileSync(join(source, 'large'), new Uint8Array(1024 * 1024 + 7));
  chmodSync(join(source, 'large'), 0o640);
  writeFileSync(join(source, 'empty'), '');
  symlinkSync('large', join(source, 'a-link'));
  await copies.add('c', [{ source, guestPath: '/guest/m', limits, followed: false }]);
  expect(
    sent.map(({ path, fileMode = 0, fileSize, offset, data }) => [
      path,
      fileMode.toString(8),
      fileSize,
      offset,
      data?.length,
    ]),
  ).toEqual([
    ['/guest/m', '40750', undefined, undefined, undefined],
    ['/guest/m/empty', '100644', 0n, 0n, 0],
    ['/guest/m/large', '100640', 1024n * 1024n + 7n, 0n, 1024 * 1024],
    ['/guest/m/large', '100640', 1024n * 1024n + 7n, 1024n * 1024n, 7],
    ['/guest/m/a-link', '120777', 5n, undefined, 5],
  ]);
});

test('what changes later is sent too, and nothing else; not once the container is gone', async () => {
  const source = join(dir, 'source');
  mkdirSync(join(source, '..v1'), { recursive: true });
  writeFileSync(join(source, '..v1/key'), 'one');
  symlinkSync('..v1', join(source, '..data'));
  const file = join(dir, 'hosts');
  writeFileSync(file, '127.0.0.1 localhost\n');
  await copies.add('c', [
    { source, guestPath: '/m', limits, followed: true },
    { source: file, guestPath: '/hosts', limits, followed: true },
  ]);
  sent.length = 0;
  mkdirSync(join(source, '..v2'));
  writeFileSync(join(source, '..v2/key'), 'two');
  symlinkSync('..v2', join(source, '..data_tmp'));
  renameSync(join(source, '..data_tmp'), join(source, '..data'));
  await vi.waitFor(() => expect(sentPaths()).toContain('/m/..data'));
  expect(sentPaths()).toContain('/m/..v2/key');
  expect(sentPaths()).not.toContain('/m/..v1/key');
  writeFileSync(file, '127.0.0.1 localhost other\n');
  await vi.waitFor(() => expect(sentPaths()).toContain('/hosts'));
  copies.remove('c');
  copies.remove('c');
  expect(logged).toEqual([]);
});
