import { closeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import {
  connectDescriptorChannel,
  connectUnix,
  connectUnixDescriptor,
  connectVsock,
  type DescriptorChannel,
  listenUnix,
} from '@hako/posix';
import { pidFile } from './arguments/process.ts';
import type { InheritedSocket } from './arguments/sockets.ts';
import { Child } from './child.ts';
import type { ChildNeeds } from './child-words.ts';
import type { QemuCommandLine } from './command-line.ts';
import { ConsoleLog, timeStamp } from './console-log.ts';
import { LateStream } from './late-stream.ts';

/** A QEMU process with both its channels connected; the machine itself may not have been made yet. */
export interface QemuProcess {
  readonly child: Child;
  readonly qmpChannel: DescriptorChannel;
  readonly agentChannel: Duplex;
  readonly console: ConsoleLog;
  /** Goes on in another folder with the logs. */
  logTo(directory: string): void;
  /** Kills QEMU if it runs, waits until it is reaped, and removes its files. Idempotent. */
  end(): Promise<void>;
}

/** Where Kata's agents listen, and hako's. */
const agentVsockPort = 1024;

const consoleLogName = 'console.log';
const qemuLogName = 'qemu.log';

export interface StartQemuOptions extends Pick<ChildNeeds, 'user' | 'locksMemory'> {
  readonly logDir?: string;
  /** In a new, empty network namespace. Default false. */
  readonly ownNetwork?: boolean;
  /** The agent is reached by vsock: the machine's address, and the device to which the kernel has given it, which stays the caller's. Default: by a socket. */
  readonly vsock?: { readonly contextId: number; readonly fd: number } | undefined;
  /** SELinux label of the process. Default: ours. */
  readonly selinuxLabel?: string | undefined;
}

/**
 * Makes the sockets, connects to them, and only then starts QEMU on their listening ends: nobody ever waits for a
 * socket to appear. (By vsock the guest listens, and connecting goes on until it does.) `line` is that of `qemuCommandLine`, which knows the sockets' descriptors. Files made in `runtimeDir`: qmp.sock,
 * agent.sock, qemu.pid and the sockets of the line that listen; in `logDir` (default: `runtimeDir`): console.log, console.log.old, qemu.log.
 *
 * Rejects with QemuError `start-failed` or PosixError; nothing is left then.
 */
export async function startQemu(
  line: Pick<QemuCommandLine, 'program' | 'arguments' | 'sockets' | 'inherit'>,
  runtimeDir: string,
  options: StartQemuOptions = {},
): Promise<QemuProcess> {
  const { logDir = runtimeDir, ownNetwork = false, selinuxLabel, user, locksMemory = false, vsock } = options;
  const paths = { qmp: join(runtimeDir, 'qmp.sock'), agent: join(runtimeDir, 'agent.sock') };
  const inherited: number[] = [];
  const sockets: Duplex[] = [];
  const removeFiles = async (): Promise<void> => {
    const listening = line.sockets.filter(({ end }) => end === 'listening').map(({ path }) => path);
    const files = [paths.qmp, paths.agent, pidFile(runtimeDir), ...listening];
    await Promise.all(files.map((path) => rm(path, { force: true })));
  };
  try {
    inherited.push(listenUnix(paths.qmp, { backlog: 1 }));
    inherited.push(vsock === undefined ? listenUnix(paths.agent, { backlog: 1 }) : vsock.fd);
    const qmpChannel = connectDescriptorChannel(paths.qmp);
    sockets.push(qmpChannel.stream);
    const agentChannel = vsock === undefined ? await connectUnix(paths.agent) : vsockChannel(vsock.contextId);
    sockets.push(agentChannel);
    // Errors of a channel whose QEMU was killed are no news; who uses the channel sees its close.
    for (const socket of sockets) socket.on('error', () => undefined);
    for (const socket of line.sockets) inherited.push(openSocket(socket));
    const child = await Child.start({
      program: line.program,
      args: line.arguments,
      inherit: [...inherited, ...line.inherit],
      dieWithParent: true,
      ownNetwork,
      selinuxLabel,
      user,
      locksMemory,
      stderrLog: join(logDir, qemuLogName),
    });
    const console = new ConsoleLog(child.stdout, join(logDir, consoleLogName), { stamp: timeStamp });
    let ending: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      child.kill();
      await child.exited;
      for (const socket of sockets) socket.destroy();
      await removeFiles();
    };
    return {
      child,
      qmpChannel,
      agentChannel,
      console,
      logTo: (directory) => {
        console.moveTo(join(directory, consoleLogName));
        child.logTo(join(directory, qemuLogName));
      },
      end: () => {
        ending ??= end();
        return ending;
      },
    };
  } catch (error) {
    for (const socket of sockets) socket.destroy();
    await removeFiles();
    throw error;
  } finally {
    for (const fd of inherited) if (fd !== vsock?.fd) closeSync(fd);
  }
}

function vsockChannel(contextId: number): Duplex {
  return new LateStream((signal) => connectVsock({ contextId, port: agentVsockPort }, { signal }));
}

function openSocket({ path, end }: InheritedSocket): number {
  return end === 'connected' ? connectUnixDescriptor(path) : listenUnix(path);
}
