import { closeSync, openSync } from 'node:fs';
import type { Namespace, NamespaceWatch } from '../src/namespace.ts';
import { NetworkError } from '../src/network-error.ts';

/** A namespace that answers from texts and writes down what is asked of it. */
export class RecordingNamespace implements Namespace {
  readonly identity = { path: '/run/netns/test', device: 4, inode: 99 };
  readonly log: string[] = [];
  /** Output of commands by their words; other `ip` and `tc` calls answer nothing. */
  readonly answers = new Map<string, string>();
  /** A command that contains this fails. */
  failing: string | undefined;
  /** Calls back those who watch. */
  change: () => void = () => {};
  /** Ends their watch. */
  endWatch: (why: string) => void = () => {};
  readonly #opened: number[] = [];

  /** Sets what a scan finds, each as `ip -json` prints it. */
  show(links: unknown, routes: unknown = [], routes6: unknown = [], neighbours: unknown = []): void {
    this.answers.set('ip -json -details address', JSON.stringify(links));
    this.answers.set('ip -json -details -4 route show table main', JSON.stringify(routes));
    this.answers.set('ip -json -details -6 route show table main', JSON.stringify(routes6));
    this.answers.set('ip -json neigh show nud permanent', JSON.stringify(neighbours));
  }

  async ip(args: readonly string[]): Promise<string> {
    return this.#answer(['ip', ...args].join(' '));
  }
  async tc(args: readonly string[]): Promise<string> {
    return this.#answer(['tc', ...args].join(' '));
  }
  async batch(tool: 'ip' | 'tc', commands: readonly string[]): Promise<void> {
    for (const command of commands) this.#answer(`${tool} ${command}`);
  }
  openTap(name: string, queues: number): readonly number[] {
    this.#answer(`tap ${name} ${queues}`);
    return this.#open(queues);
  }
  async openMacvtap(name: string, queues: number): Promise<readonly number[]> {
    this.#answer(`macvtap ${name} ${queues}`);
    return this.#open(queues);
  }
  async watch(changed: () => void, ended: (why: string) => void): Promise<NamespaceWatch> {
    this.change = changed;
    this.endWatch = ended;
    this.log.push('watch');
    return { pid: process.pid, close: () => this.log.push('watch closed') };
  }

  /** Descriptors that were handed out and are still open. */
  openDescriptors(): number[] {
    return this.#opened.filter((fd) => {
      try {
        closeSync(fd);
        return true;
      } catch {
        return false;
      }
    });
  }

  #open(queues: number): number[] {
    const fds = Array.from({ length: queues }, () => openSync('/dev/null', 'r+'));
    this.#opened.push(...fds);
    return fds;
  }

  #answer(command: string): string {
    const answer = this.answers.get(command);
    // Looking changes nothing.
    if (answer === undefined && !/ show | -json /.test(command)) this.log.push(command);
    if (this.failing !== undefined && command.includes(this.failing))
      throw new NetworkError('refused', `the kernel refuses ${command}`, {
        facts: { path: this.identity.path },
      });
    return answer ?? '';
  }
}
