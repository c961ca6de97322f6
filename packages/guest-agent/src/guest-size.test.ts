import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GuestSize } from './guest-size.ts';

/** A machine of files: one vCPU and two blocks of 128 MiB at its start. */
function machine() {
  const dir = mkdtempSync(join(tmpdir(), 'guest-size-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const listeners = new Set<() => void>();
  const write = (file: string, text: string): void => {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    writeFileSync(join(dir, file), `${text}\n`);
  };
  const plugVcpu = (index: number): void => write(`cpu/cpu${index}/online`, '0');
  const plugBlock = (index: number, state = 'offline'): void => {
    write(`memory/memory${index}/state`, state);
    write(`memory/memory${index}/valid_zones`, 'Normal');
  };
  mkdirSync(join(dir, 'cpu/cpu0'), { recursive: true });
  write('memory/block_size_bytes', '8000000');
  for (const index of [0, 1]) plugBlock(index, 'online');
  const watchDevices = (changed: () => void) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const read = (file: string): string => readFileSync(join(dir, file), 'utf8').trim();
  return { size: new GuestSize({ watchDevices }, dir), plugVcpu, plugBlock, tell, read };
}

test('what is there is brought online, the rest is waited for', async () => {
  const { size, plugVcpu, plugBlock, tell, read } = machine();
  plugVcpu(1);
  // The kernel answers with "online", whatever was written; the files keep what was.
  const waiting = size.online({ vcpus: 3, timeoutMs: 5000 }, true);
  expect(read('cpu/cpu1/online')).toBe('1');
  plugVcpu(10);
  plugVcpu(2);
  tell();
  await waiting;
  expect([read('cpu/cpu2/online'), read('cpu/cpu10/online')]).toEqual(['1', '0']);
  expect(size.onlineVcpus).toBe(3);
  plugBlock(32);
  await expect(size.online({ vcpus: 3, addedMemoryMib: 128, timeoutMs: 20 }, false)).rejects.toMatchObject({
    code: 'internal',
  });
  expect(read('memory/memory32/state')).toBe('online_movable');
});

test('vCPUs beyond those wanted are taken offline, the last first; the first one stays', async () => {
  const { size, plugVcpu, read } = machine();
  plugVcpu(1);
  plugVcpu(2);
  await size.online({ vcpus: 3 }, true);
  await size.online({ vcpus: 2 }, true);
  expect([read('cpu/cpu1/online'), read('cpu/cpu2/online')]).toEqual(['1', '0']);
  await size.online({ vcpus: 0 }, true);
  expect(size.onlineVcpus).toBe(1);
});

test('what does not come is said', async () => {
  const { size } = machine();
  await expect(size.online({ vcpus: 2, addedMemoryMib: 256, timeoutMs: 20 }, false)).rejects.toMatchObject({
    message: '1 of 2 vCPUs and 0 of 256 MiB of added memory are online',
  });
  expect(size.blockBytes).toBe(134_217_728n);
});
