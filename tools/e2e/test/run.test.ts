import { release } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { Workbench } from '../src/workbench.ts';

const bench = new Workbench();
afterAll(() => bench.close());

describe('hako run', () => {
  it("runs the process under the guest's own kernel and gives its output", async () => {
    const result = await bench.run('kernel', ['uname', '-r']);
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('error') });
    expect(result.stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
    expect(result.stdout.trim()).not.toBe(release());
  });

  it('exits with the status of the process', async () => {
    expect((await bench.run('status', ['sh', '-c', 'exit 42'])).exitCode).toBe(42);
  });

  it('passes standard input, output and error through', async () => {
    const bundle = bench.bundle(['sh', '-c', 'cat; echo problem >&2']);
    const result = await bench.hako(['run', '--bundle', bundle, 'streams'], { input: 'hello\n' });
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: 'hello\n',
      stderr: expect.stringContaining('problem\n'),
    });
  });

  it('leaves no container', async () => {
    expect((await bench.hako(['list', '--quiet'])).stdout).toBe('');
  });
});
