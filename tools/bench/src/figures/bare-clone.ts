import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connectAgent } from '@hako/agent-client';
import { cont, defineCommand, nothing, QmpClient } from '@hako/qmp';

const setCapabilities = defineCommand('migrate-set-capabilities', nothing);
const migrateIncoming = defineCommand('migrate-incoming', nothing);

/** Descriptor, in QEMU, of the template's state. */
const STATE_FD = 3;

/** The floor below every start from a template: QEMU alone, from its start until the guest of a copy has answered one call. */
export class BareClone {
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #stateFile: string;
  readonly #servers: readonly Server[];

  private constructor(
    program: string,
    args: readonly string[],
    stateFile: string,
    servers: readonly Server[],
  ) {
    this.#program = program;
    this.#args = args;
    this.#stateFile = stateFile;
    this.#servers = servers;
  }

  /** @param sandbox program and arguments of a running copy's QEMU */
  static async prepare(sandbox: readonly string[], stateFile: string, folder: string): Promise<BareClone> {
    const [program = '', ...words] = sandbox;
    const sockets = { qmp: join(folder, 'clone-qmp.sock'), agent: join(folder, 'clone-agent.sock') };
    const args = words.map((word, index) => {
      if (words[index - 1] === '-pidfile') return join(folder, 'clone.pid');
      const [, name] = /^socket,id=(qmp|agent),fd=/.exec(word) ?? [];
      // QEMU connects, so that nobody has to wait for a socket to appear.
      return name === 'qmp' || name === 'agent' ? `socket,id=${name},path=${sockets[name]},server=off` : word;
    });
    const servers = await Promise.all(
      Object.values(sockets).map(async (path) => {
        const server = createServer();
        server.listen(path);
        await once(server, 'listening');
        return server;
      }),
    );
    return new BareClone(program, args, stateFile, servers);
  }

  async time(): Promise<number> {
    const connected = this.#servers.map((server) => once(server, 'connection'));
    const state = openSync(this.#stateFile, 'r');
    const startMs = performance.now();
    const qemu = spawn(this.#program, this.#args, { stdio: ['ignore', 'ignore', 'inherit', state] });
    const ended = once(qemu, 'exit');
    try {
      const [qmpSocket, agentSocket] = (await Promise.all(connected)).flat() as [Socket, Socket];
      const qmp = await QmpClient.connect(qmpSocket);
      const capabilities = [
        { capability: 'x-ignore-shared', state: true },
        { capability: 'events', state: true },
      ] as const;
      const events = qmp.events();
      await Promise.all([
        qmp.execute(setCapabilities, { capabilities }),
        qmp.execute(migrateIncoming, { uri: `fd:${STATE_FD}` }),
      ]);
      for await (const { event, data } of events)
        if (event === 'MIGRATION' && data.status === 'completed') break;
      await qmp.execute(cont);
      const agent = await connectAgent(agentSocket);
      const elapsedMs = performance.now() - startMs;
      agent.close();
      qmp.close();
      return elapsedMs;
    } finally {
      qemu.kill('SIGKILL');
      await ended;
      closeSync(state);
    }
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      await once(server, 'close');
    }
  }
}
