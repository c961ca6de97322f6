import { expect, test } from 'vitest';
import { lastWords, runTool } from './run-tool.ts';

test('input goes in, output comes out', async () => {
  expect(String(await runTool('cat', [], { input: Buffer.from('text') }))).toBe('text');
});

test('a tool that is missing is named together with the package that brings it', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nonexistent';
  try {
    await expect(runTool('mkfs.erofs', [])).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'mkfs.erofs is not installed; install the Debian package erofs-utils',
      facts: { tool: 'mkfs.erofs', package: 'erofs-utils' },
    });
  } finally {
    process.env.PATH = path;
  }
});

test('a failure carries status and last words; a full disk is told apart', async () => {
  await expect(runTool('sh', ['-c', 'echo first >&2; echo why >&2; exit 3'])).rejects.toMatchObject({
    code: 'command-failed',
    message: 'sh failed with status 3: first; why',
    facts: { status: 3 },
  });
  await expect(
    runTool('sh', ['-c', 'echo "write: No space left on device" >&2; exit 1']),
  ).rejects.toMatchObject({
    code: 'no-space',
  });
});

test("apt's warnings are left out when there is an error", () => {
  expect(lastWords('W: unsandboxed\nE: Unable to locate package x\n')).toBe('E: Unable to locate package x');
  expect(lastWords('W: only this\n')).toBe('W: only this');
});
