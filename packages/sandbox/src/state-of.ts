import type { Container } from './container.ts';
import type { ContainerState } from './container-state.ts';
import type { Host } from './host.ts';

/** What is written down of a container. A stopped one has no process. */
export function stateOf(
  container: Container,
  sandboxId: string,
  host: Pick<Host, 'processStartTime'>,
): ContainerState {
  const { config, status, pid, createdAt, exit, failure } = container;
  const isStopped = status === 'stopped';
  return {
    id: config.id,
    sandboxId,
    status,
    pid: isStopped ? 0 : pid,
    pidStartTime: isStopped ? 0 : (host.processStartTime(pid) ?? 0),
    createdAt: createdAt.toISOString(),
    ...(exit === undefined ? {} : { exitStatus: exit.status, exitedAt: exit.at.toISOString() }),
    ...(failure === undefined ? {} : { failure }),
  };
}
