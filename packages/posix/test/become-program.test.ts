import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../src/index.ts');

/** Runs the text as a module of its own, on Node. */
async function run(text: string): Promise<string> {
  const module = `import { becomeProgram, makePipe } from ${JSON.stringify(source)};\n${text}`;
  const flags = ['--conditions=@hako/source', '--input-type=module', '-e', module];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 20_000 });
  return stdout;
}

test('the process goes on as another program, with the descriptors that it keeps', async () => {
  const stdout = await run(`
    const [kept, keptOther] = makePipe();
    const [dropped] = makePipe();
    console.log(process.pid);
    const script = 'echo $$ "$0" "$1" "$HOME."; for fd in "$@"; do [ -e /proc/self/fd/$fd ] && echo open; done; true';
    becomeProgram('/bin/sh', ['sh', '-c', script, 'größer', String(kept), String(dropped)], [kept, keptOther]);
  `);
  const [pid = '', ...rest] = stdout.split('\n');
  expect(rest[0]).toMatch(new RegExp(`^${pid} größer \\d+ \\.$`));
  expect(rest.slice(1)).toEqual(['open', '']);
});

test('a program that is not there is an error, and this one goes on', async () => {
  const stdout = await run(`
    try {
      becomeProgram('/nowhere/program', ['program'], []);
    } catch ({ code, facts }) {
      console.log(code, facts.syscall, facts.path);
    }
  `);
  expect(stdout).toBe('ENOENT execve /nowhere/program\n');
});
