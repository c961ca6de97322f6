import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import { QmpClient } from '@hako/qmp';
import { ScriptedQemu } from '@hako/qmp/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dumpOnPanic } from './guest-panic.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-panic-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

async function panic(
  answer: Readonly<Record<string, unknown>>,
): Promise<{ said: string | undefined; asked: unknown }> {
  const qemu = new ScriptedQemu();
  const client = await QmpClient.connect(qemu.stream, {
    sendDescriptor: (_fd, text) => void qemu.stream.write(text),
  });
  const { hypervisor } = defaultRuntimeConfig();
  const vm = {
    id: 'pod1',
    hypervisor: { ...hypervisor, guestMemoryDumpPath: dir, guestMemoryDumpPaging: true },
  };
  const said = dumpOnPanic(client, vm, () => new Date(0));
  let asked: unknown;
  qemu.onCommand = ({ execute, arguments: args }) => {
    if (execute === 'getfd') return { return: {} };
    asked = args;
    return answer;
  };
  qemu.event('RESUME');
  qemu.event('GUEST_PANICKED', { action: 'pause' });
  const result = { said: await said, asked };
  client.close();
  return result;
}

test('a panic is followed by a dump in the folder of the sandbox', async () => {
  const { said, asked } = await panic({ return: {} });
  const file = join(dir, 'pod1/vmcore-1970-01-01T00-00-00.000Z.elf');
  expect(asked).toEqual({ protocol: 'fd:dump', paging: true, format: 'elf' });
  expect(said).toBe(`the guest's kernel panicked; its memory is in ${file}`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a dump that fails is said too', async () => {
  const { said } = await panic({ error: { class: 'GenericError', desc: 'no space' } });
  expect(said).toMatch(/could not be written to .*: QEMU refused dump-guest-memory: no space$/);
});
