import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { descendantsOf, findProcesses, programs, proportionalMemoryMib, timeProgram } from './processes.ts';

it('times a program, and refuses to time a failure', async () => {
  expect(await timeProgram('sleep', ['0.05'])).toBeGreaterThan(49);
  await expect(timeProgram('sh', ['-c', 'exit 4'])).rejects.toThrow(/ended with 4$/);
});

it('ends a program that takes too long, and all of them where the bench is interrupted', async () => {
  await expect(timeProgram('sleep', ['1000'], { timeoutMs: 20 })).rejects.toThrow(/ended with SIGKILL$/);
  const running = timeProgram('sleep', ['1000']);
  programs.end();
  await expect(running).rejects.toThrow(/ended with SIGTERM$/);
  await expect(timeProgram('true', [])).rejects.toThrow(/interrupted/);
  programs.allow();
  expect(await timeProgram('true', [])).toBeGreaterThan(0);
});

it('finds a process by an argument and measures its memory', async () => {
  const word = `1000.${process.pid}`;
  const child = spawn('sleep', [word], { stdio: 'ignore' });
  await once(child, 'spawn');
  try {
    const found = findProcesses(word);
    expect(found).toEqual([{ pid: child.pid, args: ['sleep', word] }]);
    expect(proportionalMemoryMib(child.pid ?? 0)).toBeGreaterThan(0);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
  expect(() => proportionalMemoryMib(child.pid ?? 0)).toThrow(/no memory figures/);
});

it('finds the children of a process and theirs', async () => {
  const child = spawn('sh', ['-c', 'sh -c "sleep 1000; :"; :'], { stdio: 'ignore' });
  const { pid = 0 } = child;
  try {
    await expect.poll(() => descendantsOf(pid)).toHaveLength(2);
  } finally {
    for (const each of [...descendantsOf(pid), pid]) process.kill(each, 'SIGKILL');
    await once(child, 'exit');
  }
});
