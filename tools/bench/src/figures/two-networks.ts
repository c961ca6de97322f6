import { execFileSync } from 'node:child_process';
import { deleteNamespaces, enterWords, JoinedNamespaces } from './joined-namespaces.ts';

/**
 * Network namespaces of a figure: a container's, joined to where the client is. `byHand` is joined alike, and has what hako makes in the
 * other: a tap, and each side of it redirected to the veth. Gone with `close`.
 */
export class TwoNetworks {
  /** Address of the guest behind the tap that was made by hand. */
  readonly plainGuest = '10.78.0.2';
  readonly tap = 'plain0';
  readonly #joined: JoinedNamespaces;
  readonly #byHand: string;

  /** @param tag no other namespace's name begins with it */
  constructor(tag: string) {
    this.#joined = new JoinedNamespaces(tag);
    this.#byHand = `${tag}-hand`;
    try {
      execFileSync('ip', ['netns', 'add', this.#byHand]);
      this.#joined.join('far1', '10.78.0.1/24', this.#byHand);
      this.#joined.change(this.#byHand, [
        `tuntap add dev ${this.tap} mode tap vnet_hdr`,
        `link set ${this.tap} up`,
      ]);
      const tc = (...args: string[]) => execFileSync('tc', ['-n', this.#byHand, ...args]);
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

  /** Address of hako's guest. */
  get hakoGuest(): string {
    return this.#joined.guest;
  }

  get insidePath(): string {
    return this.#joined.path;
  }

  /** Words before a program's that make it run outside. */
  get enterOutside(): readonly string[] {
    return this.#joined.enterOutside;
  }

  /** And where the other guest's QEMU is. */
  get enterByHand(): readonly string[] {
    return enterWords(this.#byHand);
  }

  close(): void {
    this.#joined.close();
    deleteNamespaces([this.#byHand]);
  }
}
