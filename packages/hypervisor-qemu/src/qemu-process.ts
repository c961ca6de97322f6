import { closeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connectDescriptorChannel, connectUnix, type DescriptorChannel, listenUnix } from '@hako/posix';
import { extraMonitorSocket, pidFile } from './arguments/process.ts';
import { Child } from './child.ts';
import { ConsoleLog, timeStamp } from './console-log.ts';

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

const consoleLogName = 'console.log';
const qemuLogName = 'qemu.log';

export interface StartQemuOptions {
  readonly logDir?: string;
  /** Descriptors that QEMU gets after those of its two sockets. */
  readonly inherit?: readonly number[];
  /** In a new, empty network namespace. Default false. */
  readonly ownNetwork?: boolean;
  /** SELinux label of the process. Default: ours. */
  readonly selinuxLabel?: string | undefined;
}

/**
 * Makes the sockets, connects to them, and only then starts QEMU on their listening ends: nobody ever waits for a
 * socket to appear. `args` are those of `qemuCommandLine`, which knows the sockets' descriptors. Files made in `runtimeDir`: qmp.sock,
 * agent.sock, qemu.pid; in `logDir` (default: `runtimeDir`): console.log, console.log.old, qemu.log.
 *
 * Rejects with QemuError `start-failed` or PosixError; nothing is left then.
 */
export async function startQemu(
  program: string,
  runtimeDir: string,
  args: readonly string[],
  options: StartQemuOptions = {},
): Promise<QemuProcess> {
  const { logDir = runtimeDir, inherit = [], ownNetwork = false, selinuxLabel } = options;
  const paths = { qmp: join(runtimeDir, 'qmp.sock'), agent: join(runtimeDir, 'agent.sock') };
  const listeners: number[] = [];
  const sockets: Duplex[] = [];
  const removeFiles = async (): Promise<void> => {
    const others = [pidFile(runtimeDir), extraMonitorSocket(runtimeDir)];
    await Promise.all([paths.qmp, paths.agent, ...others].map((path) => rm(path, { force: true })));
  };
  try {
    for (const path of [paths.qmp, paths.agent]) listeners.push(listenUnix(path, { backlog: 1 }));
    const qmpChannel = connectDescriptorChannel(paths.qmp);
    sockets.push(qmpChannel.stream);
    const agentChannel = await connectUnix(paths.agent);
    sockets.push(agentChannel);
    // Errors of a channel whose QEMU was killed are no news; who uses the channel sees its close.
    for (const socket of sockets) socket.on('error', () => undefined);
    const child = await Child.start({
      program,
      args,
      inherit: [...listeners, ...inherit],
      dieWithParent: true,
      ownNetwork,
      selinuxLabel,
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
    for (const listener of listeners) closeSync(listener);
  }
}
