import { spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import type { NetNsIdentity } from '@hako/hypervisor';
import { inNetworkNamespace, isPosixError, openTap } from '@hako/posix';
import type { Namespace, NamespaceWatch } from './namespace.ts';
import { identifyNetNs, isThere, namespaceGone } from './net-ns-identity.ts';
import { NetworkError } from './network-error.ts';
import { programEnvironment, runProgram } from './run-program.ts';

/** util-linux; sets what must be set between fork and exec. */
const setpriv = '/usr/bin/setpriv';

/** Prints numbers of the device of a macvtap: /sys shows the network of the process that mounts it. */
const macvtapScript = 'mount -t sysfs sysfs /sys && cat /sys/class/net/"$1"/tap*/dev';

/**
 * The network namespace at `path`.
 *
 * @throws NetworkError `namespace-gone`; `refused` for the one that this process is in, whose interfaces are everybody's
 */
export function linuxNamespace(path: string): Namespace {
  const identity = identifyNetNs(path);
  if (isThere({ ...identity, path: '/proc/self/ns/net' }))
    throw new NetworkError(
      'refused',
      `${path} is the host's own network, to which a VM cannot be joined; give the container a network namespace`,
      { facts: { path } },
    );
  return new LinuxNamespace(identity);
}

/** The namespace that a journal names, unless its path has come to lead elsewhere. */
export function linuxNamespaceOf(identity: NetNsIdentity): Namespace | undefined {
  return isThere(identity) ? new LinuxNamespace(identity) : undefined;
}

class LinuxNamespace implements Namespace {
  readonly identity: NetNsIdentity;

  constructor(identity: NetNsIdentity) {
    this.identity = identity;
  }

  ip(args: readonly string[]): Promise<string> {
    return this.#run(['ip', ...args]);
  }

  tc(args: readonly string[]): Promise<string> {
    return this.#run(['tc', ...args]);
  }

  async batch(tool: 'ip' | 'tc', commands: readonly string[]): Promise<void> {
    if (commands.length > 0) await this.#run([tool, '-batch', '-'], `${commands.join('\n')}\n`);
  }

  openTap(name: string, queues: number): readonly number[] {
    const { path } = this.identity;
    try {
      return inNetworkNamespace(path, () => openTap(name, { queues }));
    } catch (cause) {
      if (isPosixError(cause) && (cause.facts.syscall === 'setns' || cause.facts.path === path))
        throw namespaceGone(path, cause.message, cause);
      const taken = isPosixError(cause) && cause.code === 'EBUSY';
      const why = taken ? 'there is an interface of that name already' : (cause as Error).message;
      throw new NetworkError('refused', `cannot make the tap ${name} in ${path}: ${why}`, {
        facts: { path },
        cause,
      });
    }
  }

  async openMacvtap(name: string, queues: number): Promise<readonly number[]> {
    const script = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', macvtapScript, 'sh', name];
    const numbers = (await this.#run(script)).trim();
    const [, major, minor] = /^(\d+):(\d+)$/.exec(numbers) ?? [];
    if (major === undefined || minor === undefined)
      throw this.#refused(`the kernel names no device for ${name}: ${numbers}`);
    // In /dev, as other file systems allow no devices; the kernel's own node there goes by a number that namespaces share.
    const node = `/dev/hako-${process.pid}-${name}`;
    const made = await runProgram(['mknod', '--mode=600', node, 'c', major, minor]);
    if (made.exitCode !== 0) throw this.#refused(`cannot make ${node}: ${made.stderr.trim()}`);
    const fds: number[] = [];
    try {
      for (let queue = 0; queue < queues; queue++)
        fds.push(openSync(node, constants.O_RDWR | constants.O_NONBLOCK));
      return fds;
    } catch (error) {
      for (const fd of fds) closeSync(fd);
      throw error;
    } finally {
      rmSync(node, { force: true });
    }
  }

  async watch(changed: () => void, ended: (why: string) => void): Promise<NamespaceWatch> {
    const objects = ['link', 'address', 'route', 'neigh'];
    const inside = ['nsenter', `--net=${this.identity.path}`, 'ip', '-oneline', 'monitor', ...objects];
    const [program = '', ...args] = existsSync(setpriv)
      ? [setpriv, '--pdeathsig', 'KILL', ...inside]
      : inside;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      cwd: '/',
      env: programEnvironment,
    });
    const { pid } = await new Promise<{ pid: number }>((resolve, reject) => {
      child.once('error', (cause) => reject(this.#toolMissing(cause)));
      child.once('spawn', () => resolve({ pid: child.pid ?? 0 }));
    });
    child.stdout.on('data', changed);
    let isClosed = false;
    child.once('exit', (exitCode, signal) => {
      if (!isClosed)
        ended(
          `changes of ${this.identity.path} are not followed any more: ip monitor ended (${signal ?? exitCode})`,
        );
    });
    child.unref();
    return {
      pid,
      close: () => {
        isClosed = true;
        child.kill('SIGKILL');
      },
    };
  }

  async #run(argv: readonly string[], input?: string): Promise<string> {
    const { path } = this.identity;
    const result = await runProgram(['nsenter', `--net=${path}`, ...argv], input);
    if (result.exitCode === 0) return result.stdout;
    if (result.missing) throw this.#toolMissing();
    const why = result.stderr.trim() || `${argv[0]} was ended`;
    if (/^nsenter: /.test(why)) throw namespaceGone(path, why);
    throw this.#refused(why.replaceAll('\n', '; '));
  }

  #refused(why: string): NetworkError {
    const { path } = this.identity;
    return new NetworkError('refused', `the kernel refused a change of the network in ${path}: ${why}`, {
      facts: { path },
    });
  }

  #toolMissing(cause?: unknown): NetworkError {
    return new NetworkError(
      'tool-missing',
      'connecting a network takes nsenter (package util-linux), ip and tc (package iproute2)',
      { facts: { path: this.identity.path }, cause },
    );
  }
}
