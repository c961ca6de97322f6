import { AgentError } from '@hako/agent-client';
import type { VirtualMachine } from '@hako/hypervisor';
import { expect, test } from 'vitest';
import { bootFailure } from './boot-failure.ts';

type Exit = Awaited<VirtualMachine['exited']>;

/** As much of a machine as a failure is told by. */
function machine(exited: Promise<Exit>): VirtualMachine {
  const diagnostics = async () => ({ guestConsoleTail: ['panic'], vmmStderrTail: [] });
  return { exited, diagnostics } as Partial<VirtualMachine> as VirtualMachine;
}

const agentError = (code: 'closed' | 'timeout', message: string) =>
  new AgentError(code, message, { facts: { origin: 'local' } });

test('a machine whose end is known only after its connections ended', async () => {
  const ended = Promise.withResolvers<Exit>();
  const failure = bootFailure(machine(ended.promise), 45_000, agentError('closed', 'connection ended'));
  ended.resolve({ exitCode: null, signal: 'SIGKILL' });
  expect((await failure).message).toBe(
    'the virtual machine ended while booting (SIGKILL)\nguest console, last lines:\n  panic\nVMM: nothing was printed',
  );
});

test('only an agent that is late is said to be', async () => {
  const never = machine(new Promise(() => {}));
  const waited: unknown[] = [];
  const wait = async <T>(ms?: number, value?: T) => {
    waited.push(ms);
    return value as T;
  };
  expect((await bootFailure(never, 45_000, agentError('timeout', 'no answer'), wait)).message).toMatch(
    /^the guest agent did not answer within 45 s: no answer\n/,
  );
  expect((await bootFailure(never, 45_000, agentError('closed', 'connection ended'), wait)).message).toMatch(
    /^the guest agent did not answer: connection ended\n/,
  );
  expect(waited).toEqual([0, 2000]);
});
