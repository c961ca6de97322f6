import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { unknown } from '@hako/shape';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  defineCommand,
  defineUncheckedCommand,
  QmpClient,
  type QmpClientOptions,
  queryCommands,
  queryStatus,
  quit,
} from '../src/index.ts';

let qemu: ChildProcess;
let gone: Promise<unknown>;
beforeEach(() => {
  const args = ['-M', 'none', '-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio'];
  qemu = spawn('/usr/bin/qemu-system-x86_64', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  gone = once(qemu, 'close');
});
afterEach(async () => {
  qemu.kill('SIGKILL');
  await gone;
});

async function connect(options: QmpClientOptions = {}): Promise<QmpClient> {
  const { stdin, stdout } = qemu;
  if (stdin === null || stdout === null) throw new Error('QEMU has no pipes');
  const stream = Duplex.from({ readable: stdout, writable: stdin });
  return await QmpClient.connect(stream, { timeoutMs: 60_000, ...options });
}

test('commands overlap, what QEMU refuses is in its own words, and events come', async () => {
  const client = await connect();
  const [status, commands, refused] = await Promise.all([
    client.execute(queryStatus),
    client.execute(queryCommands),
    client.execute(defineUncheckedCommand<undefined, unknown>('no-such', unknown)).catch((error) => error),
  ]);
  expect(status).toMatchObject({ status: 'prelaunch', running: false });
  expect(commands.map(({ name }) => name)).toContain('device_add');
  expect(refused).toMatchObject({
    name: 'QmpError',
    code: 'command-failed',
    facts: {
      command: 'no-such',
      qmpClass: 'CommandNotFound',
      description: expect.stringContaining('no-such'),
    },
  });
  const events = client.events();
  await client.execute(quit);
  expect((await events.next()).value).toMatchObject({ event: 'SHUTDOWN', data: { guest: false } });
  expect((await events.next()).done).toBe(true);
  expect(await client.closed).toMatchObject({ code: 'closed' });
});

test('a reply that is larger than allowed ends the connection', async () => {
  const client = await connect({ maxMessageBytes: 10_000 });
  const schema = client.execute(defineCommand('query-qmp-schema', unknown));
  await expect(schema).rejects.toMatchObject({
    code: 'protocol',
    message: expect.stringContaining('10000 bytes'),
  });
});
