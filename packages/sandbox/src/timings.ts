import { readFileSync } from 'node:fs';

/** One phase of a start or an end, as measured on the host unless said otherwise. */
export interface Phase {
  readonly name: string;
  /** Milliseconds, one decimal place. */
  readonly ms: number;
}

/** Collects phases. The clock is handed in, so that tests need not wait. */
export class Timings {
  readonly #phases: Phase[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get phases(): readonly Phase[] {
    return this.#phases;
  }

  add(name: string, ms: number): void {
    this.#phases.push({ name, ms: Math.round(ms * 10) / 10 });
  }

  /** Adds the phases of a file that another process wrote (the shim's timings.json). */
  include(path: string): void {
    const { phases } = JSON.parse(readFileSync(path, 'utf8')) as { phases: readonly Phase[] };
    this.#phases.push(...phases);
  }

  /** Runs `action` and notes how long it took, also when it fails. */
  async measure<T>(name: string, action: () => Promise<T>): Promise<T> {
    const startMs = this.#nowMs();
    try {
      return await action();
    } finally {
      this.add(name, this.#nowMs() - startMs);
    }
  }
}
