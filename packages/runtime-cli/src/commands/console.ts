import { join } from 'node:path';
import { debugConsoleSocket } from '@hako/hypervisor-qemu';
import { connectUnix } from '@hako/posix';
import { liveState, sandboxError } from '@hako/sandbox/state';
import { callerTerminal } from '../caller-terminal.ts';
import { ConsoleOutput } from '../console-output.ts';
import type { Context } from '../context.ts';

/** Ctrl-] leaves, as with telnet and virsh. */
const LEAVE = 0x1d;

/**
 * A shell of the virtual machine itself, for looking why a container does not do what it should. The agent offers it
 * where the configuration says `debug_console_enabled = true`.
 *
 * @throws SandboxError `not-found`, `wrong-state`; `unsupported` where the machine has none
 */
export async function debugConsole({ store, host }: Context, id: string): Promise<number> {
  const { sandboxId, status } = liveState(store, host, id);
  if (status === 'stopped') throw sandboxError('wrong-state', 'container not running', { id, status });
  const path = join(store.sandbox(sandboxId).vm, debugConsoleSocket);
  const socket = await connectUnix(path).catch((cause: unknown) => {
    const message = `the machine of ${id} has no debug console: start it with debug_console_enabled = true in [agent.kata]`;
    throw sandboxError('unsupported', message, { id }, cause);
  });
  const terminal = callerTerminal();
  const received = new ConsoleOutput();
  terminal?.lend();
  try {
    await new Promise<void>((resolve) => {
      process.stdin.on('data', (bytes: Buffer) => {
        if (terminal !== undefined && bytes.includes(LEAVE)) resolve();
        else socket.write(bytes);
      });
      socket.on('data', (bytes: Buffer) => {
        const { output, ended } = received.take(bytes);
        process.stdout.write(output);
        if (ended) resolve();
      });
      socket.once('close', () => resolve());
      socket.on('error', () => resolve());
    });
  } finally {
    terminal?.restore();
    process.stdin.destroy();
    socket.destroy();
  }
  return 0;
}
