import { type AgentClient, AgentError, visibleText } from '@hako/agent-client';
import { guestRefused } from './guest-refused.ts';
import { sandboxError } from './sandbox-error.ts';

/** A process of a container, with the numbers that the container's own namespaces give. */
export interface GuestProcessInfo {
  /** Pid inside the container. */
  readonly pid: number;
  /** Pid of its parent inside the container; 0 when that is outside. */
  readonly ppid: number;
  /** User id, as the guest's kernel knows it. */
  readonly uid: number;
  /** CPU time in milliseconds. */
  readonly cpuMs: number;
  /** Seconds since the epoch, by the guest's clock. */
  readonly startedAt: number;
  /** Resident memory in KiB. */
  readonly rssKib: number;
  /** Terminal as in `ps`, or `?`. */
  readonly tty: string;
  /** One letter, as in /proc/PID/stat. */
  readonly state: string;
  /** Its command line, made printable and cut. */
  readonly command: string;
}

/** Kind of data by which hako's agent tells a container's processes (GetDiagnosticData). */
const PROCESSES_KIND = 'hako.processes';
const MAX_PROCESSES = 32_768;
const MAX_TEXT_BYTES = 4 << 20;

/**
 * Asks hako's agent for a container's processes. What it answers is the guest's word: read with limits.
 *
 * @throws SandboxError `unsupported` for an agent that does not tell, `guest-refused`
 */
export async function readGuestProcesses(
  agent: AgentClient,
  containerId: string,
): Promise<readonly GuestProcessInfo[]> {
  let data: string;
  try {
    ({ data } = await agent.getDiagnosticData({ logType: PROCESSES_KIND, containerId }));
  } catch (error) {
    // Kata's agent knows another kind only.
    if (
      error instanceof AgentError &&
      (error.code === 'unimplemented' || error.code === 'invalid-argument')
    ) {
      throw sandboxError(
        'unsupported',
        'the agent in this guest does not list processes',
        { id: containerId },
        error,
      );
    }
    return guestRefused(Promise.reject(error), 'ps', containerId);
  }
  const processes = parse(data);
  if (processes === undefined) {
    throw sandboxError('guest-refused', 'ps failed: the agent answered what is no list of processes', {
      id: containerId,
    });
  }
  return processes;
}

function parse(data: string): readonly GuestProcessInfo[] | undefined {
  if (data.length > MAX_TEXT_BYTES) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || value.length > MAX_PROCESSES) return undefined;
  return value.map((entry: unknown) => {
    const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<
      Record<string, unknown>
    >;
    return {
      pid: whole(fields.pid),
      ppid: whole(fields.ppid),
      uid: whole(fields.uid),
      cpuMs: whole(fields.cpuMs),
      startedAt: whole(fields.startedAt),
      rssKib: whole(fields.rssKib),
      tty: words(fields.tty),
      state: words(fields.state),
      command: words(fields.command),
    };
  });
}

function whole(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;
}

function words(value: unknown): string {
  return typeof value === 'string' ? visibleText(value) : '?';
}
