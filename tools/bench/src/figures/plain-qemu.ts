import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type AgentClient, connectAgent } from '@hako/agent-client';
import { endChild } from '../processes.ts';
import { GuestShell } from './guest-shell.ts';

/** Longest time until a guest's agent answers. Emulated machines take seconds. */
const DEADLINE_MS = 120_000;

/** Sockets of a plain QEMU: where its agent's port connects to, and where it listens with its debug console. */
interface Sockets {
  readonly agent: string;
  readonly console: string;
}

/**
 * From the arguments of a sandbox's QEMU with a debug console, those of a QEMU with the same machine, kernel, image and card, and
 * nothing of hako around it: no share, nobody at the monitor, the card on the tap `tap`, which is there already.
 */
export function plainArguments(sandbox: readonly string[], tap: string, sockets: Sockets): string[] {
  const words: string[] = [];
  for (let index = 0; index < sandbox.length; index++) {
    const word = sandbox[index] ?? '';
    const isShare = /^(socket,id=fs\d|vhost-user-fs-pci,|local,id=fs\d|virtio-9p-pci,)/;
    if (word === '-pidfile' || (word.startsWith('-') && isShare.test(sandbox[index + 1] ?? ''))) {
      index++;
      continue;
    }
    words.push(
      word
        .replace(/^socket,id=qmp,fd=.*/, 'null,id=qmp')
        .replace(/^socket,id=agent,fd=.*/, `socket,id=agent,path=${sockets.agent},server=off`)
        .replace(/^(socket,id=debug-console,)fd=[^,]*/, `$1path=${sockets.console}`)
        .replace(/^tap,id=([^,]*),.*/, `tap,id=$1,ifname=${tap},script=no,downscript=no`),
    );
  }
  return words;
}

/** A QEMU whose guest has been told to mount what every guest needs, and that nobody but a shell of the guest's speaks to. */
export class PlainQemu {
  readonly shell: GuestShell;
  readonly #agent: AgentClient;
  readonly #qemu: ChildProcess;

  private constructor(shell: GuestShell, agent: AgentClient, qemu: ChildProcess) {
    this.shell = shell;
    this.#agent = agent;
    this.#qemu = qemu;
  }

  /**
   * @param sandbox program and arguments of a sandbox's QEMU
   * @param enter words before them; an empty list for none
   */
  static async start(
    sandbox: readonly string[],
    options: { readonly enter: readonly string[]; readonly tap: string; readonly folder: string },
  ): Promise<PlainQemu> {
    const sockets = {
      agent: join(options.folder, 'plain-agent.sock'),
      console: join(options.folder, 'plain.sock'),
    };
    const server = createServer();
    server.listen(sockets.agent);
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const [program = '', ...args] = [...options.enter, ...plainArguments(sandbox, options.tap, sockets)];
    const qemu = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = once(qemu, 'exit').then(() => {
      throw new Error(`QEMU ended: ${program} ${args.join(' ')}`);
    });
    try {
      const [socket] = await Promise.race([connected, ended]);
      const agent = await connectAgent(socket, { timeoutMs: DEADLINE_MS });
      await agent.createSandbox({});
      return new PlainQemu(await GuestShell.openSocket(sockets.console), agent, qemu);
    } catch (error) {
      await endChild(qemu, 'SIGKILL');
      throw error;
    } finally {
      ended.catch(() => undefined);
      server.close();
    }
  }

  async close(): Promise<void> {
    this.shell.close();
    this.#agent.close();
    await endChild(this.#qemu, 'SIGKILL');
  }
}
