import { closeSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { AgentClient } from '@hako/agent-client';
import { FORWARD_PORT_KEY } from '@hako/agent-protocol';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { type AllPorts, inNetworkNamespace, takeAllPorts } from '@hako/posix';
import { GuestProcess } from './guest-process.ts';

/** A pod's connections at once; more are closed as they come. */
const MAX_CONNECTIONS = 64;

/** Where a pod's ports are, on both sides. */
export interface PodPortsOptions {
  /** The sandbox's own container, under whose name the agent forwards. */
  readonly own: Pick<ContainerConfig, 'id' | 'type'>;
  /** Of the sandbox, which names the pod's network namespace on the host. */
  readonly config: Pick<SandboxConfig, 'network'>;
  readonly agent: AgentClient;
  readonly log: (message: string) => void;
}

/**
 * Connections to 127.0.0.1 in the pod's network namespace on the host reach the same port of the loopback in the guest:
 * that is where runtimes go for a port-forward (containerd and CRI-O dial `localhost` in the namespace), and where else
 * nobody would listen, as the pod's processes are in the machine. Only who is in that namespace gets there.
 */
export class PodPorts {
  readonly #options: PodPortsOptions;
  readonly #ports: AllPorts;
  readonly #server: Server;
  readonly #forwards = new Set<GuestProcess>();
  #count = 0;

  private constructor(options: PodPortsOptions, ports: AllPorts) {
    this.#options = options;
    this.#ports = ports;
    // A client that has said all still listens.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#forward(socket));
    this.#server.on('error', (error) => options.log(`port-forward: ${error.message}`));
    this.#server.listen({ fd: ports.listenerFd });
  }

  /**
   * Undefined for what is no pod, or is in the host's own network; and, with a word in the log, where the kernel does not
   * let it be done.
   */
  static open(options: PodPortsOptions): PodPorts | undefined {
    const { own, config, log } = options;
    const { netNsPath } = config.network;
    if (own.type !== 'pod_sandbox' || netNsPath === undefined) return undefined;
    try {
      if (isOwnNamespace(netNsPath)) return undefined;
      return new PodPorts(options, inNetworkNamespace(netNsPath, takeAllPorts));
    } catch (error) {
      log(
        `ports of the pod cannot be forwarded to: ${error instanceof Error ? error.message : String(error)}`,
      );
      return undefined;
    }
  }

  /** The machine has ended. Idempotent. */
  close(): void {
    if (!this.#server.listening) return;
    closeSync(this.#ports.steeringFd);
    this.#server.close();
    for (const forward of this.#forwards) forward.abandon(0);
  }

  async #forward(socket: Socket): Promise<void> {
    const { agent, own, log } = this.#options;
    const containerId = own.id;
    const port = socket.localPort;
    socket.on('error', () => socket.destroy());
    if (port === undefined || this.#forwards.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    this.#count += 1;
    const execId = `port-forward-${this.#count}`;
    // Not the socket itself: the process's end must not take away what is still to be sent from there.
    const stdin = socket.pipe(new PassThrough());
    stdin.on('close', () => socket.resume());
    const forward = new GuestProcess(agent, containerId, execId, { stdin, stdout: socket });
    this.#forwards.add(forward);
    try {
      const call = {
        containerId,
        execId,
        // What an agent runs that does not know the key; most roots hold no such program, which ends the connection.
        process: { Args: ['nc', '127.0.0.1', String(port)], Cwd: '/' },
      };
      await agent.execProcess(call, { metadata: { [FORWARD_PORT_KEY]: String(port) } });
      forward.attach();
      await forward.exited;
    } catch (error) {
      log(`port-forward to ${port}: ${error instanceof Error ? error.message : String(error)}`);
      forward.abandon(1);
    } finally {
      this.#forwards.delete(forward);
    }
  }
}

function isOwnNamespace(path: string): boolean {
  const [theirs, own] = [statSync(path), statSync('/proc/self/ns/net')];
  return theirs.dev === own.dev && theirs.ino === own.ino;
}
