import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileProgram } from '../src/index.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'engine-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

async function compile(name: string, text: string): Promise<string> {
  const entry = join(dir, `${name}.ts`);
  writeFileSync(entry, text);
  const outFile = join(dir, name);
  await compileProgram({ entry, outFile });
  return outFile;
}

test('children, descriptors and system calls', async () => {
  const outFile = join(dir, 'system');
  const entry = join(import.meta.dirname, 'programs/system.ts');
  await compileProgram({ entry, outFile, conditions: ['@hako/source'] });
  const { status, stdout, stderr } = spawnSync(outFile, { encoding: 'utf8', timeout: 30_000 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual([
    "ENOENT: no such file or directory, spawn no-such-program 'no-such-program'",
    'TypeError: a text for the kernel holds a NUL',
  ]);
  // What the child does and what this process sees of it come in any order.
  expect(lines.slice(2, -1).sort()).toEqual(
    expect.arrayContaining(['child ended with 768', 'read wörd', 'SigIgn:\t0000000000000000']),
  );
  expect(lines.slice(-4)).toEqual([
    "ENOENT: no such file or directory, execve '/no/such/program'",
    'SigIgn:\t0000000000000000',
    ' ff 20 c3 a9',
    'done',
  ]);
  expect(lines.at(-1)).toBe('done');
});

test('an error that nobody catches ends the program, and says where', async () => {
  const thrown = await compile('thrown', "setTimeout(() => { throw new Error('lost') }, 1);\n");
  const rejected = await compile('rejected', "void Promise.reject(new Error('lost'));\n");
  for (const program of [thrown, rejected]) {
    const { status, stderr } = spawnSync(program, { encoding: 'utf8', timeout: 30_000 });
    expect(status).toBe(1);
    expect(stderr).toMatch(/Error: lost\n +at /);
  }
});

test('what a program imports is evaluated once, when it is compiled; it cannot call the system there', async () => {
  const library = (text: string): void => writeFileSync(join(dir, 'library.ts'), text);
  library("export const made: string[] = ['compiled'];\n");
  const program = await compile(
    'counting',
    `import { writeSync } from 'node:fs';
import { made } from './library.ts';
made.push(process.argv.at(-1) ?? '', process.env['WORD'] ?? '', String(Math.random()));
writeSync(1, made.join(' '));
`,
  );
  const words = (word: string): string[] =>
    spawnSync(program, [word], { encoding: 'utf8', env: { WORD: word } }).stdout.split(' ');
  const [first, second] = [words('one'), words('two')];
  expect(first.slice(0, 3)).toEqual(['compiled', 'one', 'one']);
  expect(second.slice(0, 3)).toEqual(['compiled', 'two', 'two']);
  expect(Number(first[3])).toBeLessThan(1);
  expect(first[3]).not.toBe(second[3]);

  library(
    "import { readFileSync } from 'node:fs';\nexport const text: string = readFileSync('/proc/uptime', 'latin1');\n",
  );
  const reading = compile('reading', "import { text } from './library.ts';\nvoid text;\n");
  await expect(reading).rejects.toMatchObject({
    code: 'bad-program',
    message: expect.stringContaining('a module calls the system where it is imported'),
  });
});

test.each([
  ['a module', "import { request } from 'node:http';\nrequest('x');\n", 'node:http'],
  [
    'a function of a module',
    "import { createReadStream } from 'node:fs';\ncreateReadStream('x');\n",
    'createReadStream',
  ],
  ['an option', "import { rmSync } from 'node:fs';\nrmSync('x', { maxRetries: 1 });\n", 'maxRetries'],
  ['a global', "void fetch('x');\n", 'fetch'],
  ['a member of a global', 'process.abort();\n', 'abort'],
])('a program that names %s which the engine has not is refused', async (name, text, missing) => {
  await expect(compile(name.replaceAll(' ', '-'), text)).rejects.toMatchObject({
    code: 'bad-program',
    message: expect.stringContaining(missing),
  });
});

test('a program is small and starts at once', async () => {
  const program = await compile('small', 'process.exit(5);\n');
  const { status } = spawnSync(program, { timeout: 30_000 });
  expect(status).toBe(5);
});

test('memory that lies right behind the compiled one is freed, and moved when it grows', async () => {
  const program = await compile(
    'growing',
    `import { readFileSync, writeSync } from 'node:fs';
const kept: string[] = [];
for (let round = 0; round < 500; round += 1) {
  const bytes = new Uint8Array(100_000).fill(round);
  const growing: number[] = [];
  for (let at = 0; at < 200; at += 1) growing.push(at * round);
  kept.push(growing.join() + String(bytes[99_999]));
}
const whole = kept.every((text, round) => text.startsWith('0,' + String(round) + ','));
const kib = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
writeSync(1, String(whole) + ' ' + String(kib));
`,
  );
  // Without randomized addresses the C library's heap begins where the executable ends.
  const { stdout, stderr } = spawnSync('setarch', ['-R', program], { encoding: 'utf8', timeout: 30_000 });
  expect(stderr).toBe('');
  const [whole, kib] = stdout.split(' ');
  expect(whole).toBe('true');
  expect(Number(kib)).toBeLessThan(16_000);
});
