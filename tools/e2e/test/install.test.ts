import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { installPath } from '../src/paths.ts';
import { runProgram } from '../src/run-program.ts';
import { Workbench } from '../src/workbench.ts';

const bench = new Workbench();
afterAll(() => bench.close());
const prefix = join(bench.folder, 'prefix');
const settings = join(prefix, 'etc/hako/configuration.toml');
const install = async (...args: string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await runProgram(installPath, ['--prefix', prefix, ...args]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
};

// One story: each step builds on the one before.
it('installs a hako that finds its own configuration and guest, keeps a changed one, and goes without a trace', async () => {
  await install();
  const text = readFileSync(settings, 'utf8');
  expect(text).toContain(join(prefix, 'share/hako'));
  const bundle = bench.bundle(['echo', 'installed']);
  const run = await runProgram(join(prefix, 'bin/hako'), [
    '--root',
    bench.stateRoot,
    'run',
    '--bundle',
    bundle,
    'installed',
  ]);
  expect(run).toMatchObject({ exitCode: 0, stdout: 'installed\n' });

  // It answers `list` by itself, and without the program that it starts for the rest it says so.
  const alone = join(bench.folder, 'alone/hako');
  mkdirSync(dirname(alone));
  copyFileSync(join(prefix, 'bin/hako'), alone);
  chmodSync(alone, 0o755);
  expect(await runProgram(alone, ['--root', bench.stateRoot, 'list', '-q'])).toMatchObject({ exitCode: 0 });
  expect(await runProgram(alone, ['--version'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^hako: cannot start .*\/libexec\/hako: ENOENT: .*; install hako again\n$/),
  });

  const completion = join(prefix, 'share/bash-completion/completions/hako');
  const sourced = await runProgram('bash', ['-c', `source '${completion}' && complete -p hako`]);
  expect(sourced).toMatchObject({ exitCode: 0, stdout: 'complete -F _hako hako\n' });

  await install();
  expect(existsSync(`${settings}.new`)).toBe(false);

  appendFileSync(settings, '# mine\n');
  expect(await install()).toContain('it was changed');
  expect(readFileSync(settings, 'utf8')).toBe(`${text}# mine\n`);
  expect(readFileSync(`${settings}.new`, 'utf8')).toBe(text);

  expect(await install('--uninstall')).toContain('kept');
  expect(readFileSync(settings, 'utf8')).toBe(`${text}# mine\n`);
  expect(existsSync(join(prefix, 'bin/hako'))).toBe(false);
  expect(existsSync(join(prefix, 'libexec'))).toBe(false);
  expect(existsSync(completion)).toBe(false);
  expect(existsSync(join(prefix, 'share/hako'))).toBe(false);
});

it('puts DESTDIR before every path, but into no file', async () => {
  const image = join(bench.folder, 'image');
  const { exitCode } = await runProgram(installPath, ['--prefix', '/usr'], {
    env: { ...process.env, DESTDIR: image },
  });
  expect(exitCode).toBe(0);
  expect(readFileSync(join(image, 'etc/hako/configuration.toml'), 'utf8')).toContain(
    '"/usr/share/hako/vmlinux"',
  );
  expect(existsSync(join(image, 'usr/bin/hako'))).toBe(true);
});

it('refuses a prefix that is not absolute', async () => {
  const { exitCode, stderr } = await runProgram(installPath, ['--prefix', 'here']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('absolute') });
});
