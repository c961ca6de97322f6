import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/**
 * Runs `crun run` again and again from one shell in a mount namespace of its own: crun 1.8 refuses hosts that mount
 * cgroup2 beside cgroup v1, so that mount is hidden from it. Only crun itself is timed, not the namespace.
 */
export class CrunLoop {
  readonly #shell: ChildProcess;
  readonly #answers: Interface;
  readonly #tag: string;
  #count = 0;

  constructor(bundle: string, stateRoot: string, tag: string) {
    this.#tag = tag;
    const script = `
      umount /sys/fs/cgroup/unified 2>/dev/null
      while read -r id; do crun --root "$2" run --bundle "$1" "$id" </dev/null >/dev/null; echo "status $?"; done`;
    this.#shell = spawn(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', script, 'crun-loop', bundle, stateRoot],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const { stdout } = this.#shell;
    if (stdout === null) throw new Error('the shell has no output');
    this.#answers = createInterface({ input: stdout });
  }

  /** Milliseconds of one `crun run`. */
  async run(): Promise<number> {
    this.#count += 1;
    const start = performance.now();
    this.#shell.stdin?.write(`${this.#tag}-crun-${this.#count}\n`);
    const [answer] = (await once(this.#answers, 'line')) as [string];
    if (answer !== 'status 0') throw new Error(`crun run failed: ${answer}`);
    return performance.now() - start;
  }

  async close(): Promise<void> {
    const ended = once(this.#shell, 'exit');
    this.#shell.stdin?.end();
    await ended;
  }
}
