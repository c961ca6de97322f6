import { execFileSync } from 'node:child_process';

/**
 * Network namespaces of a figure: `inside` is a container's, joined by a veth to `outside`, where the client is. `byHand` is joined alike,
 * and has what hako makes in the other: a tap, and each side of it redirected to the veth. Gone with `close`.
 */
export class TwoNetworks {
  /** Addresses of the guests: hako's, and the one behind the tap that was made by hand. */
  readonly hakoGuest = '10.77.0.2';
  readonly plainGuest = '10.78.0.2';
  readonly tap = 'plain0';
  readonly #inside: string;
  readonly #outside: string;
  readonly #byHand: string;

  /** @param tag no other namespace's name begins with it */
  constructor(tag: string) {
    this.#inside = `${tag}-in`;
    this.#outside = `${tag}-out`;
    this.#byHand = `${tag}-hand`;
    const ip = (...args: string[]) => execFileSync('ip', args);
    try {
      for (const name of this.#names) ip('netns', 'add', name);
      const outside = ['-n', this.#outside];
      for (const [far, address, near] of [
        ['far0', '10.77.0.1/24', this.#inside],
        ['far1', '10.78.0.1/24', this.#byHand],
      ] as const) {
        ip(...outside, 'link', 'add', far, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', near);
        ip(...outside, 'address', 'add', address, 'dev', far);
        ip(...outside, 'link', 'set', far, 'up');
        ip('-n', near, 'link', 'set', 'eth0', 'up');
      }
      ip('-n', this.#inside, 'address', 'add', `${this.hakoGuest}/24`, 'dev', 'eth0');
      const byHand = ['-n', this.#byHand];
      ip(...byHand, 'tuntap', 'add', 'dev', this.tap, 'mode', 'tap', 'vnet_hdr');
      ip(...byHand, 'link', 'set', this.tap, 'up');
      const tc = (...args: string[]) => execFileSync('tc', [...byHand, ...args]);
      for (const [from, to] of [
        ['eth0', this.tap],
        [this.tap, 'eth0'],
      ] as const) {
        tc('qdisc', 'add', 'dev', from, 'ingress');
        const all = ['protocol', 'all', 'u32', 'match', 'u8', '0', '0'];
        const redirect = ['action', 'mirred', 'egress', 'redirect', 'dev', to];
        tc('filter', 'add', 'dev', from, 'parent', 'ffff:', ...all, ...redirect);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get insidePath(): string {
    return `/run/netns/${this.#inside}`;
  }

  /** Words before a program's that make it run outside. */
  get enterOutside(): readonly string[] {
    return ['nsenter', `--net=/run/netns/${this.#outside}`];
  }

  /** And where the other guest's QEMU is. */
  get enterByHand(): readonly string[] {
    return ['nsenter', `--net=/run/netns/${this.#byHand}`];
  }

  get #names(): readonly string[] {
    return [this.#inside, this.#outside, this.#byHand];
  }

  close(): void {
    const present = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split(/\s+/);
    for (const name of this.#names) if (present.includes(name)) execFileSync('ip', ['netns', 'delete', name]);
  }
}
