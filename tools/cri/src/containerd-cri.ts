import { rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { containerdSection } from '@hako/deploy';
import { ContainerdDaemon, type ContainerdOptions } from './containerd-daemon.ts';
import { CriClient } from './cri-client.ts';
import { waitFor } from './wait-for.ts';

/** Image of the tests' containers. */
export const image = 'localhost/busybox:1';
const pauseImage = 'localhost/pause:1';

/** Where CRI keeps what it knows. */
const NAMESPACE = 'k8s.io';

/**
 * A containerd of its own with the CRI plugin and its runtime handlers: `hako`, as tools/deploy has it on the nodes of a
 * cluster; `hako-host-devices`, whose privileged containers get the devices of the host; `hako-configured` with
 * the configuration `hako.toml` in the folder; and `runc` to compare with.
 */
export class ContainerdCri extends ContainerdDaemon {
  readonly client: CriClient;

  /** The folder is removed at the end. */
  constructor(options: ContainerdOptions) {
    super(options, { sections: criSections(options.folder) });
    this.client = new CriClient(this.socket);
  }

  /** CRI answers a little later than the rest. */
  override async start(): Promise<void> {
    await super.start();
    await waitFor(() => this.client.call('Version').catch(() => undefined), 'CRI answers');
  }

  /** Starts the daemon and makes the images of pods and containers from a root file system. */
  async startWithImages(rootfs: string): Promise<void> {
    await this.start();
    await this.importImage(pauseImage, rootfs, { command: ['sleep', '1000000'] }, NAMESPACE);
    await this.importImage(image, rootfs, { command: ['sh'] }, NAMESPACE);
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
    this.unmountAll();
    rmSync(this.folder, { recursive: true });
    removeIfEmpty(join('/run/hako/.containerd', NAMESPACE));
  }
}

/** Where the shims of a namespace had their state: not there without one of them, and another daemon's may be there still. */
function removeIfEmpty(states: string): void {
  try {
    rmdirSync(states);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') throw error;
  }
}

function criSections(folder: string): string {
  const at = (name: string) => JSON.stringify(join(folder, name));
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `[${cri}]
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
  [${cri}.containerd.runtimes.hako-host-devices]
    runtime_type = "io.containerd.hako.v2"
    pod_annotations = ["io.katacontainers.*"]
  [${cri}.containerd.runtimes.hako-configured]
    runtime_type = "io.containerd.hako.v2"
    [${cri}.containerd.runtimes.hako-configured.options]
      ConfigPath = ${at('hako.toml')}
${containerdSection(2)}`;
}
