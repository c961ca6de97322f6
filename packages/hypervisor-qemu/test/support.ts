import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import type { HostResource, LaunchOptions, ResourceLedger, VmConfig } from '@hako/hypervisor';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';

export const workspaceRoot: string = join(import.meta.dirname, '../../..');
export const guestDir: string = join(workspaceRoot, 'dist/guest');
export const qemu = '/usr/bin/qemu-system-x86_64';
export const virtiofsd = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'].find(existsSync) ?? '';

/** Tests that boot a machine (`*.vm.test.ts`) need QEMU and the guest, and say so rather than pass without. */
export function demandRealParts(): void {
  demandPrograms();
  for (const file of ['vmlinux', 'probe-initrd.img', 'hako-guest.img'])
    if (!existsSync(join(guestDir, file)))
      throw new Error(`${join(guestDir, file)} is missing: build the guest with tools/quickstart`);
}

/** The same for those that only ask the programs. */
export function demandPrograms(): void {
  if (!existsSync(qemu)) throw new Error(`${qemu} is missing: install the Debian package qemu-system-x86`);
  if (virtiofsd === '')
    throw new Error('virtiofsd is missing: install the Debian package qemu-system-common');
}

/** A configuration whose guest is the probe guest: it says `R` on the agent channel and sleeps. */
export function probeGuestConfig(changes: Partial<HypervisorConfig> = {}): HypervisorConfig {
  return {
    ...defaultRuntimeConfig({
      hypervisor: qemu,
      kernel: join(guestDir, 'vmlinux'),
      initrd: join(guestDir, 'probe-initrd.img'),
      virtioFsDaemon: virtiofsd,
    }).hypervisor,
    accelerator: 'tcg',
    sharedFs: 'none',
    defaultMemoryMib: 256,
    ...changes,
  };
}

/** Remembers what is announced. */
export class RecordingLedger implements ResourceLedger {
  readonly announced: HostResource[] = [];
  readonly pids = new Map<string, number>();
  announce(resource: HostResource): Promise<void> {
    this.announced.push(resource);
    return Promise.resolve();
  }
  processStarted(role: string, pid: number): Promise<void> {
    this.pids.set(role, pid);
    return Promise.resolve();
  }
}

/** One test's directories and records, and what it has left behind when it ends. */
export class Stage {
  readonly dir: string = realpathSync(mkdtempSync(join(tmpdir(), 'hako-qemu-')));
  readonly runtimeDir: string = join(this.dir, 'vm');
  readonly ledger = new RecordingLedger();
  readonly phases: string[] = [];
  readonly notices: string[] = [];
  readonly options: LaunchOptions = {
    ledger: this.ledger,
    onPhase: ({ name }) => this.phases.push(name),
    onNotice: (message) => this.notices.push(message),
  };

  constructor() {
    mkdirSync(this.runtimeDir, { mode: 0o700 });
  }

  vm(hypervisor: HypervisorConfig, changes: Partial<VmConfig> = {}): VmConfig {
    return { id: 'test', runtimeDir: this.runtimeDir, hypervisor, kernelParams: [], shares: [], ...changes };
  }

  /** Processes, mounts and files (but logs) that are still there. */
  #leftovers(): string[] {
    const processes = this.#processes().map((pid) => `process ${pid}: ${commandLine(pid)}`);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(this.dir));
    const files = readdirSync(this.runtimeDir).filter((name) => !/\.log(\.old)?$/.test(name));
    return [...processes, ...mounts, ...files];
  }

  /** Removes it, and ends what a failed test left, which must not disturb the next one. What was left, for the test to say. */
  end(): string[] {
    const left = this.#leftovers();
    for (const pid of this.#processes()) process.kill(Number(pid), 'SIGKILL');
    rmSync(this.dir, { recursive: true });
    return left;
  }

  #processes(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => commandLine(pid).includes(this.dir));
  }
}

/** Hands each test of a file a stage of its own, which must be left empty. */
export function eachTestOnStage(take: (stage: Stage) => void): void {
  let stage: Stage;
  beforeAll(demandRealParts);
  beforeEach(() => {
    stage = new Stage();
    take(stage);
  });
  afterEach(() => expect(stage.end()).toEqual([]));
}

export function commandLine(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
