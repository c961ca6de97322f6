import { readFileSync } from 'node:fs';
import type { Libc } from './libc.ts';

const WNOHANG = 1;

/** How often orphans that nobody asked for are looked for, after a child has ended. */
const strayDelayMs = 1000;

/**
 * Learns of the end of adopted processes: containers' and execs' first processes, which crun leaves to the agent, and
 * any orphan of the guest's own pid namespace.
 */
export class Reaper {
  readonly #libc: Libc;
  readonly #status = new Int32Array(1);
  readonly #adopted = new Map<number, (status: number) => void>();
  readonly #spawned = new Set<number>();
  #births = 0;
  #strayTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
    process.on('SIGCHLD', () => this.#reap());
  }

  /** While `birth` runs, children whose pids are not known yet are left alone. */
  async during<T>(birth: () => Promise<T>): Promise<T> {
    this.#births++;
    try {
      return await birth();
    } finally {
      this.#births--;
    }
  }

  /** A child that the JavaScript engine waits for itself. Answers a function to call when it has. */
  spawned(pid: number): () => void {
    this.#spawned.add(pid);
    return () => {
      this.#spawned.delete(pid);
    };
  }

  /** Exit status of an adopted process when it has ended: 0 to 255, or 128 and the number of the signal. */
  adopt(pid: number): Promise<number> {
    return new Promise((resolve) => {
      this.#adopted.set(pid, resolve);
      this.#tryReap(pid);
    });
  }

  #reap(): void {
    for (const pid of [...this.#adopted.keys()]) this.#tryReap(pid);
    if (this.#strayTimer !== undefined) return;
    this.#strayTimer = setTimeout(() => {
      this.#strayTimer = undefined;
      this.#reapStrays();
    }, strayDelayMs);
  }

  #tryReap(pid: number): void {
    const result = this.#libc.waitpid(pid, this.#status, WNOHANG);
    if (result === 0) return;
    const resolve = this.#adopted.get(pid);
    this.#adopted.delete(pid);
    // Who is no child of ours was reaped by somebody else: its status is lost, its end is not.
    resolve?.(result === pid ? exitStatus(this.#status[0] ?? 0) : 255);
  }

  #reapStrays(): void {
    if (this.#births > 0) {
      this.#reap();
      return;
    }
    let children: string;
    try {
      children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1');
    } catch {
      return;
    }
    for (const word of children.split(' ')) {
      const pid = Number(word);
      if (pid > 0 && !this.#spawned.has(pid) && !this.#adopted.has(pid)) {
        this.#libc.waitpid(pid, this.#status, WNOHANG);
      }
    }
  }
}

/** A wait status as the agent protocol gives it. */
function exitStatus(word: number): number {
  const signal = word & 0x7f;
  return signal === 0 ? (word >> 8) & 0xff : 128 + signal;
}
