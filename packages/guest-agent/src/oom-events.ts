import { AgentError } from './agent-error.ts';

/** More are not kept for a host that does not ask. */
const maxEvents = 1024;

interface Waiting {
  readonly resolve: (containerId: string) => void;
  readonly reject: (error: AgentError) => void;
}

/** Ids of containers in which the kernel has killed for want of memory, each told once, in order. */
export class OomEvents {
  readonly #events: string[] = [];
  readonly #waiting = new Set<Waiting>();

  push(containerId: string): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      if (this.#events.length < maxEvents) this.#events.push(containerId);
      return;
    }
    this.#waiting.delete(first);
    first.resolve(containerId);
  }

  /** The next event; waits for it until the signal. */
  next(signal: AbortSignal): Promise<string> {
    if (signal.aborted) return Promise.reject(nobodyWaits());
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve(event);
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', () => {
        // An event must not go to a host that has left.
        this.#waiting.delete(waiting);
        reject(nobodyWaits());
      });
    });
  }

  /** The sandbox goes: who waits gets an error. */
  end(): void {
    for (const { reject } of this.#waiting) {
      reject(new AgentError('failed-precondition', 'the sandbox is being destroyed'));
    }
    this.#waiting.clear();
  }
}

function nobodyWaits(): AgentError {
  return new AgentError('failed-precondition', 'nobody waits any more');
}
