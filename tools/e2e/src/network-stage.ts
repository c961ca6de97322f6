import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the web server of a stage serves at /. */
export const page = 'from outside\n';

/**
 * Two network namespaces of a test: `inside` is a container's, `outside` has whom it speaks to. Both go with `close`, and
 * with them every link, tap and rule in them.
 */
export class NetworkStage {
  readonly inside: string;
  readonly outside: string;
  readonly #folder: string;
  readonly #servers: ChildProcess[] = [];

  /** @param folder for what is served */
  constructor(folder: string) {
    this.inside = `hako-e2e-${process.pid}-in`;
    this.outside = `hako-e2e-${process.pid}-out`;
    this.#folder = folder;
    for (const name of [this.inside, this.outside]) {
      execFileSync('ip', ['netns', 'add', name]);
      execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    }
  }

  get path(): string {
    return `/run/netns/${this.inside}`;
  }

  /** Runs `ip` inside. */
  ip(...args: string[]): string {
    return execFileSync('ip', ['-n', this.inside, ...args], { encoding: 'utf8' });
  }

  /** Runs `tc` inside. */
  tc(...args: string[]): string {
    return execFileSync('tc', ['-n', this.inside, ...args], { encoding: 'utf8' });
  }

  /** A link between the two: `10.N.0.2` and `fd00:N::2` inside, 1 outside. A macvlan stands on a veth without addresses. */
  link(name: string, net: number, kind: 'veth' | 'macvlan' = 'veth'): void {
    const far = `far${net}`;
    const near = kind === 'veth' ? name : `near${net}`;
    this.ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', this.outside);
    if (kind === 'macvlan') {
      this.ip('link', 'set', near, 'up');
      this.ip('link', 'add', name, 'link', near, 'type', 'macvlan', 'mode', 'bridge');
    }
    const outside = (...args: string[]) => execFileSync('ip', ['-n', this.outside, ...args]);
    outside('address', 'add', `10.${net}.0.1/24`, 'dev', far);
    outside('address', 'add', `fd00:${net}::1/64`, 'dev', far, 'nodad');
    outside('link', 'set', far, 'up');
    this.ip('address', 'add', `10.${net}.0.2/24`, 'dev', name);
    this.ip('address', 'add', `fd00:${net}::2/64`, 'dev', name, 'nodad');
    this.ip('link', 'set', name, 'up');
  }

  /** A device of the host with an address, whose other end is outside: it goes with that. */
  hostLink(name: string, address: string): void {
    const host = (...args: string[]) => execFileSync('ip', args);
    host('link', 'add', name, 'type', 'veth', 'peer', 'name', 'farhost', 'netns', this.outside);
    host('address', 'add', address, 'dev', name);
  }

  /** Serves `page` on port 80, outside unless told otherwise. */
  async serve(namespace: string = this.outside): Promise<void> {
    const folder = join(this.#folder, 'served');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.html'), page);
    const inside = ['nsenter', `--net=/run/netns/${namespace}`];
    const server = spawn(
      'nsenter',
      [...inside.slice(1), 'busybox', 'httpd', '-f', '-p', '80', '-h', folder],
      {
        stdio: 'ignore',
      },
    );
    await once(server, 'spawn');
    this.#servers.push(server);
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    }
    for (const name of [this.inside, this.outside]) execFileSync('ip', ['netns', 'delete', name]);
  }
}
