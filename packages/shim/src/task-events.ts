import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInit, MessageType } from '@hako/protobuf';
import type { Container, ProcessExit } from '@hako/sandbox';
import {
  type CreateTaskRequest,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
  timestampFromMs,
  type WaitResponse,
} from '@hako/task-protocol';

/** Takes one event; never throws, never waits. */
export type TaskEventSink = <T extends object>(type: MessageType<T>, message: MessageInit<T>) => void;

/** How long a container's end may wait for the ends of what else ran in it. */
const EXEC_ENDS_MS = 2000;

/** Status of a process whose end is not known. */
const UNKNOWN_STATUS = 255;

interface Life {
  /** Of a start that is under way: resolves once it was told, or failed. */
  starting?: PromiseWithResolvers<void>;
  /** Resolves once the end was told. */
  ended: Promise<void>;
}

/**
 * Tells what happens to tasks in the order that containerd's consumers rely on: create, start, exit, delete; exec-added,
 * exec-started, exit; and the exits of a container's further processes before its own. What a process does is not in
 * that order by itself: one that ends at once may have ended before its start was answered.
 */
export class TaskEvents {
  readonly #sink: TaskEventSink;
  /** By container id, and by `container/exec`. */
  readonly #lives = new Map<string, Life>();

  constructor(sink: TaskEventSink) {
    this.#sink = sink;
  }

  created(container: Container, request: CreateTaskRequest): void {
    const { id, bundle, rootfs, stdin, stdout, stderr, terminal, checkpoint } = request;
    const io = { stdin, stdout, stderr, terminal };
    this.#sink(TaskCreate, { containerId: id, bundle, rootfs, io, checkpoint, pid: container.pid });
    const life: Life = { ended: Promise.resolve() };
    this.#lives.set(id, life);
    life.ended = this.#tellEnd(life, container, id, container.stopped);
  }

  execAdded(container: Container, execId: string): void {
    const { id } = container.config;
    this.#sink(TaskExecAdded, { containerId: id, execId });
    const life: Life = { ended: Promise.resolve() };
    this.#lives.set(`${id}/${execId}`, life);
    life.ended = this.#tellEnd(life, container, execId, container.exec(execId).process.exited);
  }

  /** Runs a start (`execId` empty: the container's), and tells of it before the process's end. */
  async aroundStart(container: Container, execId: string, start: () => Promise<void>): Promise<void> {
    const { id } = container.config;
    const life = this.#lives.get(execId === '' ? id : `${id}/${execId}`);
    const starting = Promise.withResolvers<void>();
    if (life !== undefined) life.starting = starting;
    try {
      await start();
      const { pid } = container;
      if (execId === '') this.#sink(TaskStart, { containerId: id, pid });
      else this.#sink(TaskExecStarted, { containerId: id, execId, pid });
    } finally {
      starting.resolve();
    }
  }

  paused(id: string): void {
    this.#sink(TaskPaused, { containerId: id });
  }

  resumed(id: string): void {
    this.#sink(TaskResumed, { containerId: id });
  }

  outOfMemory(id: string): void {
    this.#sink(TaskOOM, { containerId: id });
  }

  /** Of the container itself; an exec's deletion is no event. */
  async deleted(container: Container): Promise<void> {
    const { config, pid, exit } = container;
    await this.#lives.get(config.id)?.ended;
    this.#lives.delete(config.id);
    this.#sink(TaskDelete, { containerId: config.id, pid, ...exitFields(exit) });
  }

  execDeleted(container: Container, execId: string): void {
    this.#lives.delete(`${container.config.id}/${execId}`);
  }

  async #tellEnd(life: Life, container: Container, id: string, exited: Promise<ProcessExit>): Promise<void> {
    const exit = await exited.catch(() => ({ status: UNKNOWN_STATUS, at: new Date() }));
    await life.starting?.promise;
    const containerId = container.config.id;
    if (id === containerId) await this.#execEnds(container);
    this.#sink(TaskExit, { containerId, id, pid: container.pid, ...exitFields(exit) });
  }

  /** They end with the container; where the guest does not say so in time, the container's end is told without. */
  async #execEnds(container: Container): Promise<void> {
    const ends = [...container.execs]
      .filter(([, { status }]) => status !== 'added')
      .map(([execId]) => this.#lives.get(`${container.config.id}/${execId}`)?.ended ?? Promise.resolve());
    if (ends.length === 0) return;
    const late = new AbortController();
    const limit = delay(EXEC_ENDS_MS, undefined, { signal: late.signal }).catch(() => {});
    await Promise.race([Promise.all(ends), limit]);
    late.abort();
  }
}

/** How a process ended, as answers and events carry it; nothing of one that has not. */
export function exitFields(
  exit: ProcessExit | undefined,
): Partial<Pick<WaitResponse, 'exitStatus' | 'exitedAt'>> {
  return exit === undefined ? {} : { exitStatus: exit.status, exitedAt: timestampFromMs(exit.at.getTime()) };
}
