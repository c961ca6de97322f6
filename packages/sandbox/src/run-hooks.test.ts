import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runAllHooks, runHooks } from './run-hooks.ts';

let bundle: string;
beforeEach(() => {
  bundle = mkdtempSync(join(tmpdir(), 'hako-hooks-'));
});
afterEach(() => rmSync(bundle, { recursive: true }));

const state = () => ({ id: 'c1', status: 'creating' as const, pid: 7, bundle, annotations: { a: 'b' } });
const shell = (script: string, extra: object = {}) => ({
  path: '/bin/sh',
  args: ['sh', '-c', script],
  env: ['PATH=/usr/bin:/bin'],
  ...extra,
});

test('a hook gets the state, its arguments, its environment alone, and the bundle as its folder', async () => {
  const args = ['my-name', '-c', 'cat > state; cat /proc/$$/cmdline > name; env > env'];
  const env = ['A=1=2', 'PATH=/usr/bin:/bin'];
  await runHooks('createRuntime', [{ path: '/bin/sh', args, env }], state());
  const read = (name: string) => readFileSync(join(bundle, name), 'utf8');
  expect(JSON.parse(read('state'))).toEqual({ ociVersion: '1.3.0', ...state() });
  expect(read('name')).toMatch(/^my-name\0-c\0/);
  expect(read('env')).toMatch(/^A=1=2$/m);
  expect(read('env')).not.toMatch(/^(HOME|USER|NODE)/m);
});

function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] ?? '';
  } catch {
    return 'gone';
  }
}

test('hooks run in order, and the first that fails ends the rest, with its words', async () => {
  const hooks = [shell('echo 1 >> log'), shell('echo no luck >&2; exit 3'), shell('echo 3 >> log')];
  await expect(runHooks('prestart', hooks, state())).rejects.toMatchObject({
    code: 'hook-failed',
    message: 'hook prestart[1] /bin/sh failed with status 3: no luck',
  });
  expect(readFileSync(join(bundle, 'log'), 'utf8')).toBe('1\n');
});

test('poststop hooks all run, and what failed is told', async () => {
  const hooks = [shell('exit 1'), shell('kill -9 $$'), { path: '/no/such/hook' }, shell('echo 4 >> log')];
  expect(await runAllHooks('poststop', hooks, state())).toEqual([
    'hook poststop[0] /bin/sh failed with status 1',
    'hook poststop[1] /bin/sh was ended by SIGKILL',
    expect.stringContaining('hook poststop[2] /no/such/hook cannot be run'),
  ]);
  expect(readFileSync(join(bundle, 'log'), 'utf8')).toBe('4\n');
});

test('a hook that takes too long is ended with its children', async () => {
  const hook = shell('sleep 1000 & echo $! > child; wait', { timeout: 1 });
  await expect(runHooks('prestart', [hook], state())).rejects.toThrow('was not done within 1 s');
  const pid = Number(readFileSync(join(bundle, 'child'), 'utf8'));
  // Gone, or a zombie that nobody has reaped yet.
  await expect.poll(() => stateOf(pid)).toMatch(/^(gone|Z|X)$/);
});

test('a hook that leaves a child behind does not keep anybody waiting', async () => {
  await runHooks('poststart', [shell('sleep 5 >/dev/null & true')], state());
});
