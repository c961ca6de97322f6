import { releaseProgramPages } from '@hako/posix';

/** How long nothing must have happened; the second time for what the first one's work used. */
const QUIET_MS = 1000;

/** What is done where nothing happens, in this order. */
export interface QuietSteps {
  readonly collect: () => void;
  readonly release: () => void;
}

/** The part of Bun's API in use; its types come only with Bun's type package. */
interface BunMemory {
  gc(isFull: boolean): void;
  shrink(): void;
}

const ownSteps: QuietSteps = {
  collect: () => {
    const { Bun } = globalThis as { readonly Bun?: BunMemory };
    Bun?.gc(true);
    Bun?.shrink();
  },
  release: () => void releaseProgramPages(),
};

/**
 * Makes a process that waits small: once nothing has happened for a second garbage is collected, and after another one
 * the code that was used until then is let go of (releaseProgramPages). A shim of 54 MiB becomes one of 22.
 */
export class QuietMemory {
  readonly #steps: QuietSteps;
  #timer: NodeJS.Timeout | undefined;
  #held = 0;

  constructor(steps: QuietSteps = ownSteps) {
    this.#steps = steps;
  }

  /**
   * Something is under way that may be silent for seconds, such as the boot of a machine, and needs afterwards what would
   * be let go of. The answer ends it.
   */
  hold(): () => void {
    this.#held += 1;
    this.stop();
    return () => {
      this.#held -= 1;
      this.touch();
    };
  }

  /** Something happens now. */
  touch(): void {
    if (this.#held > 0) return;
    const { collect, release } = this.#steps;
    this.#after(() => {
      collect();
      this.#after(release);
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Does not keep the process from ending. */
  #after(step: () => void): void {
    this.stop();
    this.#timer = setTimeout(() => {
      try {
        step();
      } catch {
        // No descriptor left to read /proc with, for one: then the memory stays, and nobody is worse off.
      }
    }, QUIET_MS);
    this.#timer.unref();
  }
}
