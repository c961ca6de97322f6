import { execFileSync } from 'node:child_process';

/** Two network namespaces joined by a veth: `inside` is a container's, `outside` has whom it speaks to. Gone with `close`. */
export class JoinedNamespaces {
  /** Of a container in the inner one. */
  readonly guest = '10.77.0.2';
  /** At the other end. */
  readonly host = '10.77.0.1';
  readonly inside: string;
  readonly outside: string;

  /** @param tag no other namespace's name begins with it */
  constructor(tag: string) {
    this.inside = `${tag}-in`;
    this.outside = `${tag}-out`;
    try {
      for (const name of [this.inside, this.outside]) execFileSync('ip', ['netns', 'add', name]);
      this.join('far0', `${this.host}/24`, this.inside);
      this.change(this.inside, [`address add ${this.guest}/24 dev eth0`]);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Path of the inner one. */
  get path(): string {
    return `/run/netns/${this.inside}`;
  }

  /** Words before a program's that make it run outside. */
  get enterOutside(): readonly string[] {
    return enterWords(this.outside);
  }

  /** One more veth: `far` with an address is outside, `eth0` is in the namespace `near`. */
  join(far: string, address: string, near: string): void {
    this.change(this.outside, [
      `link add ${far} type veth peer name eth0 netns ${near}`,
      `address add ${address} dev ${far}`,
      `link set ${far} up`,
    ]);
    this.change(near, ['link set eth0 up']);
  }

  /** Runs commands of `ip`, without the program, in a namespace. */
  change(namespace: string, commands: readonly string[]): void {
    execFileSync('ip', ['-n', namespace, '-batch', '-'], { input: commands.join('\n') });
  }

  close(): void {
    deleteNamespaces([this.inside, this.outside]);
  }
}

/** Words before a program's that make it run in a namespace. */
export function enterWords(namespace: string): readonly string[] {
  return ['nsenter', `--net=/run/netns/${namespace}`];
}

/** Those of them that are there. */
export function deleteNamespaces(names: readonly string[]): void {
  const present = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split(/\s+/);
  for (const name of names) if (present.includes(name)) execFileSync('ip', ['netns', 'delete', name]);
}
