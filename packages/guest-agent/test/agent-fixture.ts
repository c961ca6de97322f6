import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import {
  AgentService,
  Health,
  type Process,
  processToProto,
  type Spec,
  specToProto,
} from '@hako/agent-protocol';
import { type ServiceClient, TtrpcClient, type TtrpcServer } from '@hako/ttrpc';
import { createAgentServer } from '../src/agent.ts';
import { hostMachine } from './host-machine.ts';

let machine: ReturnType<typeof hostMachine> | undefined;

/** An agent on this host with a root file system of busybox, and a client of it. */
export class AgentFixture {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'guest-agent-'));
  readonly agent: ServiceClient<AgentService>;
  readonly health: ServiceClient<Health>;
  readonly server: TtrpcServer;
  destroyed = 0;
  readonly #client: TtrpcClient;
  readonly #made: string[] = [];

  constructor() {
    // One for all tests of a file: it listens to the process's signals.
    machine ??= hostMachine();
    mkdirSync(join(this.dir, 'rootfs/bin'), { recursive: true });
    copyFileSync('/bin/busybox', join(this.dir, 'rootfs/bin/busybox'));
    for (const applet of [
      'sh',
      'cat',
      'echo',
      'sleep',
      'true',
      'head',
      'wc',
      'stat',
      'md5sum',
      'dd',
      'tty',
      'stty',
      'yes',
      'test',
    ]) {
      symlinkSync('busybox', join(this.dir, 'rootfs/bin', applet));
    }
    this.server = createAgentServer({
      machine,
      destroyed: () => {
        this.destroyed++;
      },
      bootTimes: () => ({ agentStartMs: 120, agentReadyMs: 340 }),
      runDir: join(this.dir, 'run'),
      storageRoot: join(this.dir, 'storage'),
    });
    this.#client = this.connect();
    this.agent = this.#client.service(AgentService);
    this.health = this.#client.service(Health);
  }

  /** A session of its own. */
  connect(): TtrpcClient {
    const [here, there] = duplexPair();
    this.server.serve(there);
    return new TtrpcClient(here);
  }

  spec(args: readonly string[], terminal = false): Spec {
    return specToProto({
      ociVersion: '1.0.2',
      process: {
        args: [...args],
        cwd: '/',
        env: ['PATH=/bin'],
        user: { uid: 0, gid: 0 },
        terminal,
      },
      root: { path: join(this.dir, 'rootfs') },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
        {
          destination: '/dev/pts',
          type: 'devpts',
          source: 'devpts',
          options: ['newinstance', 'ptmxmode=0666'],
        },
      ],
      linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }, { type: 'uts' }] },
    } as Parameters<typeof specToProto>[0]);
  }

  process(args: readonly string[], terminal = false): Process {
    return processToProto({ args, cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 }, terminal });
  }

  /** Creates a container; the tests' own prefix keeps ids of parallel runs apart. */
  async create(args: readonly string[], name = 'c', terminal = false): Promise<string> {
    const id = `hako-agent-test-${process.pid}-${name}`;
    await this.agent.createContainer({ containerId: id, execId: id, OCI: this.spec(args, terminal) });
    this.#made.push(id);
    return id;
  }

  /** All that comes from a stream until its end. */
  async output(
    containerId: string,
    execId = containerId,
    stream: 'stdout' | 'stderr' = 'stdout',
  ): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const request = { containerId, execId, len: 262_144 };
      const { data } = await (stream === 'stdout'
        ? this.agent.readStdout(request)
        : this.agent.readStderr(request));
      if (data.length === 0) return Buffer.concat(chunks);
      chunks.push(data);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const containerId of this.#made) {
      await this.agent.removeContainer({ containerId, timeout: 10 }).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'not-found')) throw error;
      });
    }
    this.#client.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
