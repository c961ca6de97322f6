import { sandboxError } from './sandbox-error.ts';

/**
 * Life of a container (OCI runtime specification, "State"):
 *
 * creating -> created -> running -> stopped, running <-> paused, and created -> stopped when it is killed or
 * its creation fails late. Legal: start in created; exec and pause in running; kill in created, running and
 * paused; delete in stopped (in created too, which kills it).
 */
export type ContainerStatus = 'creating' | 'created' | 'running' | 'paused' | 'stopped';

/** What `state.json` holds; the shim writes it at each change. */
export interface ContainerState {
  readonly id: string;
  readonly sandboxId: string;
  readonly status: ContainerStatus;
  /** Host process that stands for the container (stand-in, or the shim); 0 when there is none. */
  readonly pid: number;
  /** Start time of `pid` in clock ticks since boot, from /proc/PID/stat; 0 when there is none. */
  readonly pidStartTime: number;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Set once stopped: 0 to 255. */
  readonly exitStatus?: number;
  /** RFC 3339, UTC; set once stopped. */
  readonly exitedAt?: string;
  /** Why the container ended when it was not by its own process (the VM died). */
  readonly failure?: string;
}

const STATUSES: ReadonlySet<string> = new Set(['creating', 'created', 'running', 'paused', 'stopped']);

/**
 * Reads a state text that hako wrote. Checked by hand and not by a schema: `hako state` must start in
 * milliseconds.
 *
 * @throws SandboxError `state-corrupt`
 */
export function parseContainerState(text: string, path: string): ContainerState {
  const fail = (why: string): never => {
    throw sandboxError('state-corrupt', `${path} is not a container state: ${why}`, { path });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('not JSON');
  }
  if (typeof value !== 'object' || value === null) return fail('not an object');
  const state = value as Record<string, unknown>;
  for (const key of ['id', 'sandboxId', 'status', 'createdAt']) {
    if (typeof state[key] !== 'string') return fail(`${key} is not a string`);
  }
  for (const key of ['pid', 'pidStartTime']) {
    if (!Number.isSafeInteger(state[key])) return fail(`${key} is not a whole number`);
  }
  if (!STATUSES.has(String(state.status))) return fail(`unknown status ${JSON.stringify(state.status)}`);
  return value as ContainerState;
}
