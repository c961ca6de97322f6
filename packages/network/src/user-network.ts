import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkDevice, ResourceLedger } from '@hako/hypervisor';
import { acceptUnix, connectUnixDescriptor, listenUnix } from '@hako/posix';
import type { GuestView } from './guest-view.ts';
import { hasIpv6Route } from './ipv6-route.ts';
import { NetworkError } from './network-error.ts';
import { programEnvironment } from './run-program.ts';
import { guest, passtArguments, userView } from './user-guest.ts';

/** What is kept of its messages. */
const LONGEST_WORDS = 2000;

const programs = ['/usr/bin/passt', '/usr/local/bin/passt'];

export interface UserNetworkOptions {
  /** Of the VM; takes sockets and pid files. */
  readonly runtimeDir: string;
  /** Namespace whose network the guest uses. Default: that of this process. */
  readonly netNsPath?: string;
  readonly ledger: ResourceLedger;
  /** passt has ended although nobody closed it; the guest has no network any more. */
  readonly onEnd: (message: string) => void;
}

/**
 * A network for VMs of users who may make neither taps nor bridges: passt translates what the guest sends into
 * connections of an ordinary process. Nothing reaches the guest from outside, and the guest does not reach what listens on
 * the host's loopback.
 */
export class UserNetwork {
  /** The card; it has a descriptor until `release`. */
  readonly devices: readonly NetworkDevice[];
  readonly view: GuestView;
  /** For guests whose containers bring no resolv.conf: passes questions on to the host's resolver. */
  readonly resolvConf: readonly string[] = [`nameserver ${guest.nameServer}`];
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #fd: number | undefined;
  #closing = false;

  private constructor(process: ChildProcess, fd: number, hasV6: boolean, onEnd: UserNetworkOptions['onEnd']) {
    this.#process = process;
    let words = '';
    process.stderr?.on('data', (chunk: Uint8Array) => {
      words = `${words}${String(chunk)}`.slice(-LONGEST_WORDS);
    });
    this.#exited = new Promise((resolve) => {
      process.once('close', (exitCode, signal) => {
        resolve();
        if (!this.#closing) onEnd(`passt has ended (${signal ?? `status ${exitCode}`})${lastLine(words)}`);
      });
    });
    this.#fd = fd;
    this.devices = [{ kind: 'network', id: 'net0', mac: guest.mac, link: { kind: 'stream', fd } }];
    this.view = userView(hasV6);
  }

  /** @throws NetworkError `tool-missing`, `namespace-gone` */
  static async start({ runtimeDir, netNsPath, ledger, onEnd }: UserNetworkOptions): Promise<UserNetwork> {
    const path = netNsPath ?? '/proc/self/ns/net';
    const passt = programs.find((candidate) => existsSync(candidate));
    if (passt === undefined)
      throw new NetworkError('tool-missing', 'user-mode networking takes passt (Debian package passt)', {
        facts: { path },
      });
    // It becomes another user, which ends what setpriv could do for it; but it leaves when its socket does. The last part of its
    // name tells it what to be.
    const marker = join(runtimeDir, 'passt');
    await ledger.announce({ kind: 'process', role: 'passt', marker });
    const hasV6 = hasIpv6Route(netNsPath);
    const [ours, its] = connectedSockets(join(runtimeDir, 'passt.sock'));
    try {
      const [program = passt, ...args] = [
        ...(netNsPath === undefined ? [] : ['nsenter', `--net=${netNsPath}`]),
        ...[passt, '--foreground', '--quiet', '--stderr', '--fd', '3'],
        ...passtArguments(hasV6),
      ];
      const child = spawn(program, args, {
        ...(netNsPath === undefined ? { argv0: marker } : {}),
        stdio: ['ignore', 'ignore', 'pipe', its],
        detached: true,
        cwd: '/',
        env: programEnvironment,
      });
      const pid = await new Promise<number>((resolve, reject) => {
        child.once('error', (cause) =>
          reject(new NetworkError('tool-missing', `cannot start ${passt}`, { facts: { path }, cause })),
        );
        child.once('spawn', () => resolve(child.pid ?? 0));
      });
      await ledger.processStarted('passt', pid);
      return new UserNetwork(child, ours, hasV6, onEnd);
    } catch (error) {
      closeSync(ours);
      throw error;
    } finally {
      closeSync(its);
    }
  }

  /** The VMM has the descriptor. Idempotent. */
  release(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.release();
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}

/** Without its complaints that nobody keeps a system log. */
function lastLine(words: string): string {
  const line = words
    .split('\n')
    .findLast((entry) => entry.trim() !== '' && !entry.startsWith('Failed to send'));
  return line === undefined ? '' : `: ${line.trim()}`;
}

/** Two ends of one connection. The path is needed for a moment only. */
function connectedSockets(path: string): [ours: number, its: number] {
  const listener = listenUnix(path, { backlog: 1 });
  try {
    const ours = connectUnixDescriptor(path);
    return [ours, acceptUnix(listener)];
  } finally {
    closeSync(listener);
    rmSync(path, { force: true });
  }
}
