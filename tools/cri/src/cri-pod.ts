import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainerdCri, image } from './containerd-cri.ts';
import { containerStates } from './cri-client.ts';
import { waitFor } from './wait-for.ts';

type Message = Readonly<Record<string, unknown>>;

/** NamespaceMode of CRI. */
export const namespaceMode = { pod: 0, container: 1, node: 2, target: 3 } as const;

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** How a container ended. */
export interface ContainerEnd {
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`. */
  readonly reason: string;
}

/** A pod made through CRI, on the host's network, and its containers by their names. */
export class CriPod {
  readonly id: string;
  readonly logs: string;
  readonly #cri: ContainerdCri;
  readonly #config: Message;
  readonly #attempts = new Map<string, number>();

  private constructor(cri: ContainerdCri, id: string, config: Message, logs: string) {
    this.#cri = cri;
    this.id = id;
    this.#config = config;
    this.logs = logs;
  }

  /** RunPodSandbox. */
  static async run(cri: ContainerdCri, name: string, handler: string, more: Message = {}): Promise<CriPod> {
    const logs = join(cri.folder, 'logs', name);
    mkdirSync(logs, { recursive: true });
    const config = {
      metadata: { name, uid: `uid-${name}`, namespace: 'default', attempt: 0 },
      logDirectory: logs,
      linux: { securityContext: { namespaceOptions: { network: namespaceMode.node } } },
      ...more,
    };
    const request = { config, runtimeHandler: handler };
    const { podSandboxId } = await cri.client.call<{ podSandboxId: string }>('RunPodSandbox', request);
    return new CriPod(cri, podSandboxId, config, logs);
  }

  /** CreateContainer; the attempt counts up when the name comes again. Answers its id. */
  async create(name: string, command: readonly string[], more: Message = {}): Promise<string> {
    const attempt = this.#attempts.get(name) ?? 0;
    this.#attempts.set(name, attempt + 1);
    const config = {
      metadata: { name, attempt },
      image: { image },
      command,
      logPath: `${name}.${attempt}.log`,
      ...more,
    };
    const request = { podSandboxId: this.id, config, sandboxConfig: this.#config };
    return (await this.#cri.client.call<{ containerId: string }>('CreateContainer', request)).containerId;
  }

  /** CreateContainer and StartContainer. */
  async start(name: string, command: readonly string[], more: Message = {}): Promise<string> {
    const containerId = await this.create(name, command, more);
    await this.#cri.client.call('StartContainer', { containerId });
    return containerId;
  }

  /** ExecSync. */
  async exec(containerId: string, ...cmd: string[]): Promise<ExecResult> {
    const request = { containerId, cmd };
    const { stdout, stderr, exitCode } = await this.#cri.client.call<{
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
      readonly exitCode: number;
    }>('ExecSync', request);
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    return { stdout: text(stdout), stderr: text(stderr), exitCode };
  }

  /** State and exit status of a container, once it has ended. */
  exited(containerId: string): Promise<ContainerEnd> {
    return waitFor(async () => {
      const { status } = await this.#cri.client.call<{ status: ContainerEnd & { readonly state: number } }>(
        'ContainerStatus',
        { containerId },
      );
      return containerStates[status.state] === 'exited' ? status : undefined;
    }, `container ${containerId} has exited`);
  }

  /** StopPodSandbox and RemovePodSandbox. */
  async remove(): Promise<void> {
    await this.#cri.client.call('StopPodSandbox', { podSandboxId: this.id });
    await this.#cri.client.call('RemovePodSandbox', { podSandboxId: this.id });
  }
}
