import { expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

it('gives status, both streams and reads its input to the end', async () => {
  const result = await runProgram('sh', ['-c', 'cat; echo problem >&2; exit 3'], { input: 'hello' });
  expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: 'hello', stderr: 'problem\n' });
});

it('tells a signal from a status', async () => {
  expect(await runProgram('sh', ['-c', 'kill -TERM $$'])).toMatchObject({
    exitCode: null,
    signal: 'SIGTERM',
  });
});

it('ends a program that takes too long and shows what it said', async () => {
  await expect(runProgram('sh', ['-c', 'echo waiting; exec sleep 100'], { timeoutMs: 300 })).rejects.toThrow(
    /waiting/,
  );
});

it('says which program cannot be started', async () => {
  await expect(runProgram('/nonexistent/program', [])).rejects.toThrow(/nonexistent/);
});
