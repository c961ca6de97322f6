import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debugConsoleSocket } from '@hako/hypervisor-qemu';
import { expect, test } from 'vitest';
import { GuestShell } from './guest-shell.ts';

test('a line gives what it prints, fails where it fails, and is not waited for without end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guest-shell-'));
  const answers = ['the end 0\r\n', 'said\r\nthe end 0\r\n', 'the end 3\r\n'];
  const server = createServer((socket) =>
    socket.on('data', () => void socket.write(answers.shift() ?? 'half')),
  );
  await new Promise<void>((resolve) => void server.listen(join(folder, debugConsoleSocket), resolve));
  try {
    const shell = await GuestShell.open(folder);
    expect(await shell.run('one')).toBe('said\r\n');
    await expect(shell.run('two')).rejects.toThrow('two in the guest ended with 3');
    await expect(shell.run('three', 20)).rejects.toThrow(/^three in the guest has not ended in 20 ms/);
    shell.close();
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
