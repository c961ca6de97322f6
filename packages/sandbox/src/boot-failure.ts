import { setTimeout as delay } from 'node:timers/promises';
import { isCodedError } from '@hako/errors';
import type { VirtualMachine } from '@hako/hypervisor';
import { type SandboxError, sandboxError } from './sandbox-error.ts';

const SHOWN_LINES = 20;
/** How long after the end of its connections a machine may end; then it is the agent that closed them. */
const ENDS_WITHIN_MS = 2000;

/**
 * Why a machine that was launched did not become a sandbox, with the last words of guest and VMM.
 *
 * @param wait default: that of node:timers/promises
 */
export async function bootFailure(
  machine: VirtualMachine,
  timeoutMs: number,
  cause: unknown,
  wait: typeof delay = delay,
): Promise<SandboxError> {
  const isLate = isCodedError(cause) && cause.code === 'timeout';
  // A machine that is killed closes its connections a moment before its end is known.
  const given = new AbortController();
  const exit = await Promise.race([
    machine.exited,
    wait(isLate ? 0 : ENDS_WITHIN_MS, null, { signal: given.signal }),
  ]).finally(() => given.abort());
  const { guestConsoleTail, vmmStderrTail } = await machine.diagnostics();
  const what =
    exit === null
      ? `the guest agent did not answer${isLate ? ` within ${timeoutMs / 1000} s` : ''}: ${messageOf(cause)}`
      : `the virtual machine ended while booting (${exit.cause ?? exit.signal ?? `exit status ${exit.exitCode}`})`;
  const tail = [...section('guest console', guestConsoleTail), ...section('VMM', vmmStderrTail)];
  return sandboxError('boot-failed', [what, ...tail].join('\n'), { guestConsoleTail, vmmStderrTail }, cause);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  const last = lines.slice(-SHOWN_LINES);
  return last.length === 0
    ? [`${title}: nothing was printed`]
    : [`${title}, last lines:`, ...last.map((line) => `  ${line}`)];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
