import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

test('the exit status is the process’s own, and its two streams stay apart', async () => {
  const result = await bench.run('status', ['sh', '-c', 'echo out; echo err >&2; exit 42']);
  expect(result).toMatchObject({ exitCode: 42, stdout: 'out\n', stderr: 'err\n' });
});

test('a process ended by a signal gives 128 plus its number', async () => {
  // Not a container's first process: the kernel keeps that from killing itself.
  const bundle = bench.bundle(['sleep', '100000']);
  expect(await bench.detached(['run', '--detach', '--bundle', bundle, 'signalled'])).toMatchObject({
    exitCode: 0,
  });
  const result = await bench.hako(['exec', 'signalled', 'sh', '-c', 'kill -KILL $$']);
  expect(result).toMatchObject({ exitCode: 137 });
  expect(await bench.hako(['delete', '--force', 'signalled'])).toMatchObject({ exitCode: 0 });
});

test('stdin reaches the process, binary and to its end', async () => {
  const bundle = bench.bundle(['sh', '-c', 'wc -c; echo done']);
  const input = `\0\u0001${'x'.repeat(300_000)}`;
  const result = await bench.hako(['run', '--bundle', bundle, 'stdin'], { input });
  expect(result).toMatchObject({ exitCode: 0, stdout: `${input.length}\ndone\n`, stderr: '' });
});

test('output larger than any buffer on the way arrives whole', async () => {
  const script = 'i=0; while [ $i -lt 20000 ]; do echo "line $i of a long output"; i=$((i+1)); done';
  const result = await bench.run('long', ['sh', '-c', script]);
  const lines = result.stdout.split('\n');
  expect(lines.length).toBe(20001);
  expect(lines[19_999]).toBe('line 19999 of a long output');
});

test('output to a file is appended where the caller’s descriptor stands', async () => {
  const bundle = bench.bundle(['echo', 'middle']);
  const file = join(bench.folder, 'out.txt');
  const script = `{ echo first; "$HAKO" --root "$ROOT" run --bundle "$BUNDLE" to-file; echo last; } > ${file} < /dev/null`;
  await bench.shell(script, { BUNDLE: bundle });
  expect(readFileSync(file, 'utf8')).toBe('first\nmiddle\nlast\n');
});
