import { readFileSync } from 'node:fs';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());
afterEach(async () => {
  const left = bench.leftovers();
  for (const id of left) await bench.hako(['delete', '--force', id]);
  expect(left, 'no state is left').toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bench.stateRoot);
});

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const sentence = /^hako: [^\n]+\n$/;

async function running(id: string): Promise<void> {
  expect(await bench.create(['--bundle', bench.bundle(['sleep', '1000']), id])).toMatchObject({
    exitCode: 0,
  });
  expect(await bench.hako(['start', id])).toMatchObject({ exitCode: 0 });
}

test('twenty creates of one id at once: one makes it', async () => {
  const bundle = bench.bundle(['sleep', '1000']);
  const results = await Promise.all(numbers(20).map(() => bench.create(['--bundle', bundle, 'one'])));
  expect(results.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
  for (const { exitCode, stderr } of results) {
    if (exitCode !== 0) expect(stderr).toContain('container with given ID already exists');
  }
  expect(JSON.parse((await bench.hako(['state', 'one'])).stdout)).toMatchObject({ status: 'created' });
  expect(await bench.hako(['delete', 'one'])).toMatchObject({ exitCode: 0, stderr: '' });
});

test('twenty virtual machines made at once, started and deleted; each is `creating` until it is made', async () => {
  const ids = numbers(20).map((index) => `many-${String(index).padStart(2, '0')}`);
  const bundle = bench.bundle(['sleep', '1000']);
  // Small, and with time to boot beside nineteen others on few cores.
  const config = bench.configuration((text) =>
    withLine(
      withLine(withLine(text, 'default_memory = 128'), 'dial_timeout = 400', 'agent.kata'),
      'create_container_timeout = 400',
      'runtime',
    ),
  );
  const all = <T>(call: (id: string) => Promise<T>): Promise<T[]> => Promise.all(ids.map(call));
  const list = async (): Promise<readonly { readonly id: string; readonly status: string }[]> =>
    JSON.parse((await bench.hako(['list', '--format', 'json'])).stdout);
  const creating = all((id) =>
    bench.detached(['--config', config, 'create', '--bundle', bundle, id], { timeoutMs: 400_000 }),
  );
  await until(async () => (await list()).length === ids.length, 'all are listed');
  expect(new Set((await list()).map(({ status }) => status))).toContain('creating');
  const created = await creating;
  expect(created.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
    ids.map(() => ({ exitCode: 0, stderr: '' })),
  );
  expect(await list()).toMatchObject(ids.map((id) => ({ id, status: 'created' })));
  expect((await all((id) => bench.hako(['start', id]))).map(({ exitCode }) => exitCode)).toEqual(
    ids.map(() => 0),
  );
  expect(await list()).toMatchObject(ids.map((id) => ({ id, status: 'running' })));
  const deleted = await all((id) => bench.hako(['delete', '--force', id]));
  expect(deleted.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
    ids.map(() => ({ exitCode: 0, stderr: '' })),
  );
}, 600_000);

test('delete --force racing start: the container is gone, start says which way it went', async () => {
  const bundle = bench.bundle(['sleep', '1000']);
  for (const first of ['start', 'delete']) {
    expect(await bench.create(['--bundle', bundle, 'race'])).toMatchObject({ exitCode: 0 });
    const calls = { start: ['start', 'race'], delete: ['delete', '--force', 'race'] } as const;
    const [one, two] = await Promise.all([
      bench.hako(first === 'start' ? calls.start : calls.delete),
      bench.hako(first === 'start' ? calls.delete : calls.start),
    ]);
    const [start, deletion] = first === 'start' ? [one, two] : [two, one];
    expect(deletion).toMatchObject({ exitCode: 0, stderr: '' });
    if (start.exitCode !== 0) expect(start.stderr).toMatch(sentence);
    expect(bench.leftovers()).toEqual([]);
  }
});

test('delete --force during create: nothing is left of either', async () => {
  const bundle = bench.bundle(['sleep', '1000']);
  const creating = bench.create(['--bundle', bundle, 'cut']);
  await until(() => bench.hasShim('cut'), 'the shim runs');
  expect(await bench.hako(['delete', '--force', 'cut'])).toMatchObject({ exitCode: 0, stderr: '' });
  const { exitCode, stderr } = await creating;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^hako: /);
});

test('many delete --force of a sandbox whose shim was killed: nothing is left, and all say so', async () => {
  await running('orphan');
  process.kill(bench.pidOf('orphan', 'shim'), 'SIGKILL');
  const deletes = await Promise.all(numbers(8).map(() => bench.hako(['delete', '--force', 'orphan'])));
  expect(deletes.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
    numbers(8).map(() => ({ exitCode: 0, stderr: '' })),
  );
});

test('two kills, two pauses, two deletes at once: none is lost, none hangs', async () => {
  await running('twice');
  const pauses = await Promise.all(numbers(2).map(() => bench.hako(['pause', 'twice'])));
  expect(pauses.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
  const [exec, resumed] = await Promise.all([
    bench.hako(['exec', 'twice', 'true']),
    bench.hako(['resume', 'twice']),
  ]);
  expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
  // It came before or after the resume.
  if (exec.exitCode !== 0)
    expect(exec).toMatchObject({ exitCode: 255, stderr: 'hako: cannot exec in a paused container\n' });

  // An exec that runs when the pause comes stands still with the rest, and ends after it.
  const slow = bench.hako(['exec', 'twice', 'sh', '-c', 'echo ready; read line; echo $line'], {
    input: 'on\n',
  });
  const [paused, slowResult] = await Promise.all([
    bench.hako(['pause', 'twice']).then(async (result) => {
      await bench.hako(['resume', 'twice']);
      return result;
    }),
    slow,
  ]);
  expect(paused).toMatchObject({ exitCode: 0 });
  expect([
    { exitCode: 0, stdout: 'ready\non\n' },
    { exitCode: 255, stdout: '' },
  ]).toContainEqual({ exitCode: slowResult.exitCode, stdout: slowResult.stdout });

  expect(await bench.hako(['pause', 'twice'])).toMatchObject({ exitCode: 0 });
  const kills = await Promise.all(numbers(2).map(() => bench.hako(['kill', 'twice', 'KILL'])));
  for (const { exitCode, stderr } of kills) {
    if (exitCode !== 0) expect(stderr).toMatch(/not running|kill failed/);
  }
  expect(kills.some(({ exitCode }) => exitCode === 0)).toBe(true);
  await until(
    async () => (await bench.hako(['state', 'twice'])).stdout.includes('"stopped"'),
    'it has stopped',
  );
  const deletes = await Promise.all(numbers(2).map(() => bench.hako(['delete', '--force', 'twice'])));
  expect(deletes.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
    numbers(2).map(() => ({ exitCode: 0, stderr: '' })),
  );
});
