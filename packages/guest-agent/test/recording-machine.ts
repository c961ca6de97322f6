import type { FolderOf } from '../src/system/bind-across.ts';
import type { Command, Machine, MountRequest } from '../src/system/machine.ts';

/** A machine that only writes down what is asked of it, in `log`. */
export class RecordingMachine implements Machine {
  readonly log: string[] = [];
  /** Exit statuses of programs by their command line; 0 for others. */
  readonly statuses = new Map<string, number>();
  /** A mount on this target fails. */
  failingTarget: string | undefined;

  async run({ args }: Command): Promise<number> {
    const line = args.join(' ');
    this.log.push(line);
    return this.statuses.get(line) ?? 0;
  }
  start(): never {
    throw new Error('not scripted');
  }
  async mountImage(): Promise<void> {
    this.log.push('image');
  }
  async loadModules(names: readonly string[]): Promise<void> {
    this.log.push(`modules ${names.join(' ')}`);
  }
  during<T>(birth: () => Promise<T>): Promise<T> {
    return birth();
  }
  adopt(): Promise<number> {
    throw new Error('not scripted');
  }
  kill(pid: number, signal: number): boolean {
    this.log.push(`kill ${pid} ${signal}`);
    return true;
  }
  makePipes(): never {
    throw new Error('not scripted');
  }
  offerConsole(): never {
    throw new Error('not scripted');
  }
  mount({ source, target, type, flags, data }: MountRequest): void {
    if (target === this.failingTarget) throw new Error(`mount on ${target} failed`);
    this.log.push(`mount ${[type ?? '-', source, target, flags, data ?? ''].join(' ').trimEnd()}`);
  }
  bindAcross(source: FolderOf, target: FolderOf): void {
    this.log.push(`bind of ${source.pid} in ${target.pid}`);
  }
  unmount(target: string): boolean {
    this.log.push(`unmount ${target}`);
    return true;
  }
  setClock(seconds: bigint, microseconds: bigint): void {
    this.log.push(`clock ${seconds}.${microseconds}`);
  }
  addEntropy(bytes: Uint8Array): void {
    this.log.push(`entropy ${bytes.length}`);
  }
  loopbackUp(): void {
    this.log.push('lo up');
  }
  netlink(): never {
    throw new Error('not scripted');
  }
  watchDevices(): () => void {
    return () => {};
  }
  growFileSystem(path: string, bytes: bigint): void {
    this.log.push(`grow ${path} ${bytes}`);
  }
  sync(): void {
    this.log.push('sync');
  }
  powerOff(): void {
    this.log.push('power off');
  }
}
