import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const program = (what: string): string =>
  `import { print, printError } from ${JSON.stringify(new URL('./output.ts', import.meta.url).pathname)};\n${what}`;
const node = [process.execPath, '--input-type=module', '--eval'] as const;

test('all of a text is written before print returns, also into a pipe that is full and non-blocking', () => {
  // The reader begins late; the pipe holds 64 KiB.
  const script = `"$0" "$1" "$2" "$3" | { sleep 0.1; wc -c; }`;
  const loud = program(`
    import { Socket } from 'node:net';
    new Socket({ fd: 1 }); // makes the descriptor non-blocking
    print('x'.repeat(1_000_000) + '\\n');
    process.exit(0);`);
  const { stdout } = spawnSync('sh', ['-c', script, ...node, loud], { encoding: 'utf8' });
  expect(stdout.trim()).toBe('1000001');
});

test('a reader that left is an error of print, and nothing to printError', () => {
  const script = `{ "$0" "$1" "$2" "$3"; echo "status $?" >&3; } 3>&1 >/dev/full 2>&1`;
  const run = (what: string) =>
    spawnSync('sh', ['-c', script, ...node, program(what)], { encoding: 'utf8' }).stdout;
  expect(run(`try { print('x'); } catch (error) { process.exit(error.code === 'ENOSPC' ? 7 : 8); }`)).toBe(
    'status 7\n',
  );
  expect(run(`printError('x'); process.exit(9);`)).toBe('status 9\n');
});
