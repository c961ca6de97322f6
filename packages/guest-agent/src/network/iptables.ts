import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import type { Machine } from '../system/machine.ts';

/** Rules of a machine are text of some KiB; the answer must fit a frame. */
const maxBytes = 3 * 1024 * 1024;

/** What iptables-save looks for; all else the kernel loads when a rule names it. */
const tables = ['filter', 'nat', 'mangle', 'raw'] as const;

/** The packet filter of the guest, by iptables' own programs: text as they write and read it. */
export class Iptables {
  readonly #machine: Pick<Machine, 'run' | 'loadModules' | 'mountImage'>;
  readonly #dir: string;
  #calls = 0;

  /** @param dir where files of a call lie, `/run/hako-agent` for instance */
  constructor(machine: Pick<Machine, 'run' | 'loadModules' | 'mountImage'>, dir: string) {
    this.#machine = machine;
    this.#dir = dir;
  }

  /** All rules, as `iptables-save` prints them. Throws AgentError `internal` with the program's words. */
  async save(isIpv6: boolean): Promise<Uint8Array> {
    return this.#call(isIpv6, 'save', []);
  }

  /** Takes the tables that `rules` names as `iptables-restore` does; what it prints. Throws AgentError `internal`. */
  async restore(isIpv6: boolean, rules: Uint8Array): Promise<Uint8Array> {
    return this.#call(isIpv6, 'restore', ['--wait', '10', '--verbose'], rules);
  }

  async #call(
    isIpv6: boolean,
    verb: 'save' | 'restore',
    options: readonly string[],
    input: Uint8Array = new Uint8Array(0),
  ): Promise<Uint8Array> {
    const program = `${isIpv6 ? 'ip6' : 'ip'}tables-${verb}`;
    const family = isIpv6 ? 'ip6table' : 'iptable';
    await this.#machine.mountImage();
    await this.#machine.loadModules(tables.map((table) => `${family}_${table}`));
    mkdirSync(this.#dir, { recursive: true });
    this.#calls += 1;
    const files = ['in', 'out', 'err'].map((name) => `${this.#dir}/iptables-${this.#calls}.${name}`);
    const [inFile = '', outFile = '', errFile = ''] = files;
    const fds: number[] = [];
    try {
      writeFileSync(inFile, input, { mode: 0o600 });
      fds.push(openSync(inFile, 'r'), openSync(outFile, 'w', 0o600), openSync(errFile, 'w', 0o600));
      const [stdin = 0, stdout = 1, stderr = 2] = fds;
      const status = await this.#machine.run({ args: [program, ...options], stdio: [stdin, stdout, stderr] });
      if (status !== 0) {
        throw new AgentError(
          'internal',
          `${program}: ${readFileSync(errFile, 'utf8').trim() || `status ${status}`}`,
        );
      }
      const output = readFileSync(outFile);
      if (output.length > maxBytes)
        throw new AgentError('internal', `${program} says more than ${maxBytes} bytes`);
      return output;
    } finally {
      for (const fd of fds) closeSync(fd);
      for (const file of files) rmSync(file, { force: true });
    }
  }
}
