import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ImageProcess, writeImageArchive } from '@hako/bundles';
import { posixHost } from '@hako/sandbox/state';
import { waitFor } from './wait-for.ts';

/** Snapshotters that find nothing to work on here, and say so in the log. */
const unusedSnapshotters = ['btrfs', 'aufs', 'zfs', 'devmapper'].map(
  (name) => `io.containerd.snapshotter.v1.${name}`,
);

/** Where a containerd keeps its things, and what it starts. */
export interface ContainerdOptions {
  /** Must have a short path, as Unix sockets lie in it. */
  readonly folder: string;
  /** Folder of the shim's executable. */
  readonly binFolder: string;
  /** Path of the network namespace that is its host's network. Default: that of this process. */
  readonly netNs?: string;
}

/** What its configuration says besides. */
export interface ContainerdConfiguration {
  readonly disabledPlugins?: readonly string[];
  /** Sections of TOML. */
  readonly sections?: string;
}

/** A containerd of its own: private socket and folders, with a shim in its PATH. All that it keeps is in one folder. */
export class ContainerdDaemon {
  readonly folder: string;
  /** Of its API. */
  readonly socket: string;
  readonly #binFolder: string;
  readonly #netNs: string | undefined;
  readonly #configuration: string;
  #daemon: ChildProcess | undefined;

  constructor({ folder, binFolder, netNs }: ContainerdOptions, configuration: ContainerdConfiguration = {}) {
    this.folder = folder;
    this.#binFolder = binFolder;
    this.#netNs = netNs;
    this.socket = join(folder, 'c.sock');
    this.#configuration = join(folder, 'config.toml');
    mkdirSync(folder, { recursive: true });
    writeFileSync(this.#configuration, configurationText(folder, configuration));
  }

  /** Starts it, or starts it anew; it answers when this resolves. */
  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a');
    // nsenter becomes containerd, so the process is its.
    const args = ['-c', this.#configuration];
    const [program, given] =
      this.#netNs === undefined
        ? ['containerd', args]
        : ['nsenter', [`--net=${this.#netNs}`, 'containerd', ...args]];
    const daemon = spawn(program, given, {
      env: { ...process.env, PATH: `${this.#binFolder}:${process.env.PATH}` },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#daemon = daemon;
    await waitFor(async () => {
      try {
        return await this.#ctr(['version']);
      } catch {
        if (daemon.exitCode !== null) throw new Error(`containerd ended:\n${this.log()}`);
        return undefined;
      }
    }, 'containerd answers');
  }

  /** Ends it; what runs in its shims goes on. */
  async stop(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon === undefined || daemon.exitCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await ended;
  }

  /** The end of what it has logged. */
  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8').slice(-4000);
  }

  /** Makes an image of a root file system. */
  async importImage(
    name: string,
    rootfs: string,
    imageProcess: ImageProcess,
    namespace: string,
  ): Promise<void> {
    const folder = join(this.folder, 'image');
    const archive = await writeImageArchive(folder, name, rootfs, imageProcess);
    await this.#ctr(['-n', namespace, 'images', 'import', archive]);
    rmSync(folder, { recursive: true });
  }

  /** What is mounted in its folder goes. */
  unmountAll(): void {
    const host = posixHost();
    for (const target of host.mountsBelow(this.folder)) host.unmountAll(target);
  }

  #ctr(args: readonly string[]) {
    return promisify(execFile)('ctr', ['-a', this.socket, ...args]);
  }
}

function configurationText(
  folder: string,
  { disabledPlugins = [], sections = '' }: ContainerdConfiguration,
): string {
  const at = (name: string) => JSON.stringify(join(folder, name));
  return `version = 2
root = ${at('root')}
state = ${at('state')}
disabled_plugins = ${JSON.stringify([...unusedSnapshotters, ...disabledPlugins])}
[grpc]
  address = ${at('c.sock')}
[plugins."io.containerd.internal.v1.opt"]
  path = ${at('opt')}
${sections}`;
}
