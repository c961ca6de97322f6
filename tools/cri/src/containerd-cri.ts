import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { posixHost } from '@hako/sandbox/state';
import { CriClient } from './cri-client.ts';
import { writeImageArchive } from './image-archive.ts';
import { waitFor } from './wait-for.ts';

/** Image of the tests' containers. */
export const image = 'localhost/busybox:1';
const pauseImage = 'localhost/pause:1';

/** The annotations that the runtime handlers let through. */
const passedAnnotations = 'io.katacontainers.*';

/** Where a containerd keeps its things, and what it starts. */
export interface ContainerdOptions {
  /** Must have a short path, as Unix sockets lie in it. It is removed at the end. */
  readonly folder: string;
  /** Folder of the shim's executable. */
  readonly binFolder: string;
}

/**
 * A containerd of its own with the CRI plugin and two runtime handlers: `hako`, and `runc` to compare with. All that it
 * keeps is in one folder.
 */
export class ContainerdCri {
  readonly folder: string;
  readonly socket: string;
  readonly client: CriClient;
  readonly #binFolder: string;
  #daemon: ChildProcess | undefined;

  constructor({ folder, binFolder }: ContainerdOptions) {
    this.folder = folder;
    this.#binFolder = binFolder;
    this.socket = join(folder, 'c.sock');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.toml'), configuration(folder));
    this.client = new CriClient(this.socket);
  }

  /** Starts the daemon and imports an image of a root file system. */
  async start(rootfs: string): Promise<void> {
    await this.run();
    await this.#import(pauseImage, rootfs, ['sleep', '1000000']);
    await this.#import(image, rootfs, ['sh']);
  }

  /** Starts the daemon; it is there when this resolves. */
  async run(): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a');
    this.#daemon = spawn('containerd', ['-c', join(this.folder, 'config.toml')], {
      env: { ...process.env, PATH: `${this.#binFolder}:${process.env.PATH}` },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await waitFor(async () => {
      try {
        return await this.client.call('Version');
      } catch {
        if (this.#daemon?.exitCode !== null) throw new Error(`containerd ended:\n${this.log()}`);
        return undefined;
      }
    }, 'containerd answers');
  }

  /** Ends the daemon; what runs in its shims goes on. */
  async stop(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon === undefined || daemon.exitCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await ended;
  }

  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8').slice(-4000);
  }

  /** Removes all pods, ends the daemon and takes away what it keeps. */
  async close(): Promise<void> {
    const { items } = await this.client.call<{ items: readonly { readonly id: string }[] }>('ListPodSandbox');
    for (const { id: podSandboxId } of items) {
      await this.client.call('StopPodSandbox', { podSandboxId });
      await this.client.call('RemovePodSandbox', { podSandboxId });
    }
    await this.stop();
    this.client.close();
    const host = posixHost();
    for (const target of host.mountsBelow(this.folder)) host.unmountAll(target);
    rmSync(this.folder, { recursive: true });
  }

  async #import(name: string, rootfs: string, command: readonly string[]): Promise<void> {
    const folder = join(this.folder, 'image');
    const archive = await writeImageArchive(folder, name, rootfs, { command });
    await promisify(execFile)('ctr', ['-a', this.socket, '-n', 'k8s.io', 'images', 'import', archive]);
    rmSync(folder, { recursive: true });
  }
}

function configuration(folder: string): string {
  const at = (name: string) => JSON.stringify(join(folder, name));
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = ${at('root')}
state = ${at('state')}
disabled_plugins = [${['btrfs', 'aufs', 'zfs', 'devmapper'].map((name) => `"io.containerd.snapshotter.v1.${name}"`).join(', ')}]
[grpc]
  address = ${at('c.sock')}
[plugins."io.containerd.internal.v1.opt"]
  path = ${at('opt')}
[${cri}]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [${cri}.cni]
    bin_dir = ${at('cni-bin')}
    conf_dir = ${at('cni-conf')}
  [${cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [${cri}.containerd.runtimes.hako]
    runtime_type = "io.containerd.hako.v2"
    pod_annotations = ["${passedAnnotations}"]
    container_annotations = ["${passedAnnotations}"]
`;
}
