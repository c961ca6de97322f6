import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '../agent-error.ts';
import { bindAcross, type FolderOf } from './bind-across.ts';
import { ConsoleSocket } from './console-socket.ts';
import { growFileSystem } from './grow-file-system.ts';
import { kernelModulesDir, loadModuleFiles, rootModulesDir } from './kernel-modules.ts';
import { errno, type Libc } from './libc.ts';
import type { Command, ConsoleOffer, Machine, MountRequest, ProcessPipes } from './machine.ts';
import { netlinkExchange } from './netlink-socket.ts';
import { makePipe, type PipeEnds } from './pipe.ts';
import { PipeReader } from './pipe-reader.ts';
import { PipeWriter } from './pipe-writer.ts';
import type { Poller } from './poller.ts';
import type { Reaper } from './reaper.ts';
import { Terminal } from './terminal.ts';
import { TransferPipe } from './transfer-pipe.ts';
import { watchUevents } from './uevent-socket.ts';

/** Starts a program; told apart because the engine of the guest and Node.js differ in it. */
export type Spawn = (command: Command) => { readonly pid: number; readonly exited: Promise<number> };

const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const CLOCK_REALTIME = 0;
const RNDADDENTROPY = 0x4008_5203;
const RNDRESEEDCRNG = 0x5207;
const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const IFF_UP = 1;
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 0o2000002;
const ADDR_NO_RANDOMIZE = 0x40000;
const RB_POWER_OFF = 0x4321_fedc;
/** Program of hako's guest that mounts its image. Its root has no program elsewhere than beside it. */
const imageMounter = '/sbin/mount-image';
/** There when it is mounted: root and image share the path. */
const inImage = '/usr/bin';

/** What the host may choose. */
export interface MachineSettings {
  /** Buffer of each pipe of a process; undefined for the usual one. */
  readonly pipeBytes?: number | undefined;
  /** How long a plugged device may take to appear; undefined for the usual time. */
  readonly deviceTimeoutMs?: number | undefined;
}

/** The machine that the agent runs on. */
export class LinuxMachine implements Machine {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #reaper: Reaper;
  readonly #spawn: Spawn;
  readonly #transfer: TransferPipe;
  readonly #settings: () => MachineSettings;

  constructor(parts: {
    readonly libc: Libc;
    readonly poller: Poller;
    readonly reaper: Reaper;
    readonly spawn: Spawn;
    /** Asked when first needed: the file that says it may not be mounted before. Default: nothing is set. */
    readonly settings?: () => MachineSettings;
  }) {
    this.#libc = parts.libc;
    this.#poller = parts.poller;
    this.#reaper = parts.reaper;
    this.#spawn = parts.spawn;
    this.#transfer = new TransferPipe(parts.libc);
    this.#settings = parts.settings ?? (() => ({}));
  }

  get deviceTimeoutMs(): number | undefined {
    return this.#settings().deviceTimeoutMs;
  }

  async run(command: Command): Promise<number> {
    const { exited } = await this.start(command);
    return await exited;
  }

  async start(command: Command): Promise<ReturnType<Spawn>> {
    if (!existsSync(join('/sbin', command.args[0] ?? ''))) await this.mountImage();
    const { pid, exited } =
      command.fixedAddresses === true ? this.#spawnFixed(command) : this.#spawn(command);
    return { pid, exited: exited.finally(this.#reaper.spawned(pid)) };
  }

  /** The personality is inherited; this process has its own back at once. */
  #spawnFixed(command: Command): ReturnType<Spawn> {
    const before = this.#libc.personality(ADDR_NO_RANDOMIZE);
    try {
      return this.#spawn(command);
    } finally {
      if (before >= 0) this.#libc.personality(before);
    }
  }

  during<T>(birth: () => Promise<T>): Promise<T> {
    return this.#reaper.during(birth);
  }

  adopt(pid: number): Promise<number> {
    return this.#reaper.adopt(pid);
  }

  kill(pid: number, signal: number): boolean {
    try {
      process.kill(pid, signal);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw new AgentError('invalid-argument', `cannot send signal ${signal}`, { cause: error });
    }
  }

  makePipes(): ProcessPipes {
    const [input, output, errors] = makeThreePipes(this.#libc, this.#settings().pipeBytes);
    return {
      stdin: new PipeWriter(this.#libc, this.#poller, input.writeFd),
      stdout: new PipeReader(this.#libc, this.#poller, output.readFd, this.#transfer),
      stderr: new PipeReader(this.#libc, this.#poller, errors.readFd, this.#transfer),
      childFds: [input.readFd, output.writeFd, errors.writeFd],
    };
  }

  offerConsole(path: string): ConsoleOffer {
    const socket = new ConsoleSocket(this.#libc, path);
    return {
      path,
      receive: () => new Terminal(this.#libc, this.#poller, socket.receive()),
      close: () => socket.close(),
    };
  }

  mount({ source, target, type, flags, data }: MountRequest): void {
    const result = this.#libc.mount(
      cString(source),
      cString(target),
      type === undefined ? null : cString(type),
      flags,
      data === undefined ? null : cString(data),
    );
    if (result < 0) {
      const what = type === undefined ? source : `${type} ${source}`;
      throw failed(`mount of ${what} on ${target}`, result, target);
    }
  }

  bindAcross(source: FolderOf, target: FolderOf): void {
    bindAcross(this.#libc, source, target);
  }

  unmount(target: string): boolean {
    return this.#libc.umount2(cString(target), MNT_DETACH | UMOUNT_NOFOLLOW) === 0;
  }

  setClock(seconds: bigint, microseconds: bigint): void {
    const time = new BigInt64Array([seconds, microseconds * 1000n]);
    const result = this.#libc.clock_settime(CLOCK_REALTIME, time);
    if (result < 0) throw failed(`setting the clock to ${seconds} s`, result);
  }

  addEntropy(bytes: Uint8Array): void {
    const fd = openSync('/dev/urandom', 'r+');
    try {
      // struct rand_pool_info: bits credited, size in bytes, the bytes.
      const info = new Uint8Array(8 + bytes.length);
      const view = new DataView(info.buffer);
      view.setInt32(0, bytes.length * 8, true);
      view.setInt32(4, bytes.length, true);
      info.set(bytes, 8);
      const added = this.#libc.ioctl(fd, RNDADDENTROPY, info);
      if (added < 0) writeSync(fd, bytes);
      const result = this.#libc.ioctl(fd, RNDRESEEDCRNG, null);
      if (result < 0) throw failed('reseeding the random generator', result);
    } finally {
      closeSync(fd);
    }
  }

  loopbackUp(): void {
    const fd = this.#libc.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
    if (fd < 0) throw failed('opening a socket', fd);
    try {
      // struct ifreq: name of 16 bytes, then the flags.
      const request = new Uint8Array(40);
      request.set(new TextEncoder().encode('lo'));
      const read = this.#libc.ioctl(fd, SIOCGIFFLAGS, request);
      if (read < 0) throw failed('reading the flags of lo', read);
      request[16] = (request[16] ?? 0) | IFF_UP;
      const set = this.#libc.ioctl(fd, SIOCSIFFLAGS, request);
      if (set < 0) throw failed('bringing lo up', set);
    } finally {
      closeSync(fd);
    }
  }

  netlink(request: Uint8Array): Uint8Array[] {
    return netlinkExchange(this.#libc, request);
  }

  watchDevices(changed: () => void): () => void {
    return watchUevents(this.#libc, this.#poller, changed);
  }

  async mountImage(): Promise<void> {
    // In somebody else's guest everything is there from the start.
    if (!existsSync(imageMounter) || existsSync(inImage)) return;
    const status = await this.run({ args: ['mount-image'] });
    if (status === 0) return;
    throw new AgentError('internal', `the guest's image cannot be mounted: errno ${status}`);
  }

  async loadModules(names: readonly string[]): Promise<void> {
    if (loadModuleFiles(this.#libc, rootModulesDir, names)) return;
    await this.mountImage();
    if (loadModuleFiles(this.#libc, kernelModulesDir(), names)) return;
    const status = await this.run({ args: ['modprobe', '-a', ...names] });
    if (status !== 0) {
      throw new AgentError('internal', `kernel modules ${names.join(', ')} could not be loaded`);
    }
  }

  growFileSystem(path: string, bytes: bigint): void {
    growFileSystem(this.#libc, path, bytes);
  }

  sync(): void {
    this.#libc.sync();
  }

  powerOff(): void {
    this.#libc.reboot(RB_POWER_OFF);
  }
}

/** Three pipes or, when there are too few descriptors left, none. */
function makeThreePipes(libc: Libc, bufferBytes: number | undefined): [PipeEnds, PipeEnds, PipeEnds] {
  const made: PipeEnds[] = [];
  const make = (): PipeEnds => {
    const ends = makePipe(libc, bufferBytes);
    made.push(ends);
    return ends;
  };
  try {
    return [make(), make(), make()];
  } catch (error) {
    for (const { readFd, writeFd } of made) {
      closeSync(readFd);
      closeSync(writeFd);
    }
    throw error;
  }
}

function cString(text: string): Uint8Array {
  if (text.includes('\0')) throw new AgentError('invalid-argument', 'text holds a NUL');
  return new TextEncoder().encode(`${text}\0`);
}

function failed(what: string, result: number, path?: string): AgentError {
  const name = Object.entries(errno).find(([, number]) => number === -result)?.[0] ?? `errno ${-result}`;
  const facts = { errno: -result, ...(path === undefined ? {} : { path }) };
  return new AgentError('internal', `${what} failed: ${name}`, { facts });
}
