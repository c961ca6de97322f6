import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundleOptions, makeBusyboxRootfs, writeBundle } from '@hako/bundles';
import { configurationPath, guestFolder, hakoPath } from './paths.ts';
import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts';
import { stateRoots } from './state-roots.ts';

/**
 * A place for one test file: a folder for bundles, a state root of its own, and the built hako. `close` deletes every
 * container that a test left, so that one failure does not become many.
 */
export class Workbench {
  readonly folder: string;
  /** hako's state root. Short, as Unix sockets lie in it. */
  readonly stateRoot: string;
  readonly rootfs: string;
  #bundles = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'e2e-'));
    this.stateRoot = join(this.folder, 'run');
    mkdirSync(this.stateRoot);
    stateRoots.add(this.stateRoot);
    this.rootfs = makeBusyboxRootfs(join(this.folder, 'rootfs'));
  }

  /** `hako --root STATE ...args`. */
  hako(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
    return runProgram(hakoPath, ['--root', this.stateRoot, ...args], options);
  }

  /** `hako create ...args`: what stays behind holds its output, so the result is there when the command ends. */
  create(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
    return this.detached(['create', ...args], options);
  }

  /** A command that leaves a stand-in behind. */
  detached(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
    return this.hako(args, { ...options, leavesProcess: true });
  }

  /** A new bundle that runs `args`; its root file system is the workbench's busybox unless told otherwise. */
  bundle(args: readonly string[], options: Partial<BundleOptions> = {}): string {
    this.#bundles += 1;
    return writeBundle(join(this.folder, `bundle-${this.#bundles}`), {
      rootfs: this.rootfs,
      ...options,
      args,
    });
  }

  /** Runs a bundle of `args` as container `id` to its end. */
  run(id: string, args: readonly string[], options: Partial<BundleOptions> = {}): Promise<ProgramResult> {
    return this.hako(['run', '--bundle', this.bundle(args, options), id]);
  }

  /** Runs a shell script in the workbench's folder, with HAKO and ROOT set for it. */
  shell(script: string, env: NodeJS.ProcessEnv = {}): Promise<ProgramResult> {
    return runProgram('bash', ['-c', script], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HAKO: hakoPath, ROOT: this.stateRoot, ...env },
    });
  }

  /** A changed copy of the configuration that the built hako finds by itself. */
  configuration(change: (text: string) => string): string {
    this.#bundles += 1;
    const path = join(this.folder, `configuration-${this.#bundles}.toml`);
    writeFileSync(path, change(readFileSync(configurationPath, 'utf8')));
    return path;
  }

  /** A copy of the guest's kernel for a test to spoil. */
  copyOfKernel(): string {
    const path = join(this.folder, 'vmlinux');
    copyFileSync(join(guestFolder, 'vmlinux'), path);
    return path;
  }

  /** Cuts a file short. */
  truncate(path: string): void {
    truncateSync(path, 4096);
  }

  /** Host pid of a part of a running sandbox: `shim`, or what a role of its journal begins with (`qemu`, `virtiofsd`). */
  pidOf(id: string, role: string): number {
    const folder = join(this.stateRoot, id);
    if (role === 'shim') return pidIn(readFileSync(join(folder, 'shim.json'), 'utf8'));
    const line = readFileSync(join(folder, 'journal.jsonl'), 'utf8')
      .split('\n')
      .findLast((text) => text.includes('"started"') && text.includes(`"role":"${role}`));
    if (line === undefined) throw new Error(`no process ${role} in the journal of ${id}`);
    return pidIn(line);
  }

  /** The CPUs that each thread of a process may use, of those threads whose name matches, by name. */
  threadCpus(pid: number, name: RegExp): readonly string[] {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))
      .filter((status) => name.test(fieldOf(status, 'Name')))
      .toSorted((a, b) => fieldOf(a, 'Name').localeCompare(fieldOf(b, 'Name')))
      .map((status) => fieldOf(status, 'Cpus_allowed_list'));
  }

  /** True once the shim of a sandbox was started. */
  hasShim(id: string): boolean {
    return existsSync(join(this.stateRoot, id, 'shim.json'));
  }

  /** What the shim of a sandbox has noted so far. */
  shimLog(id: string): string {
    const path = join(this.stateRoot, id, 'shim.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Ids, or other entries, that stand in the state root. */
  leftovers(): readonly string[] {
    return readdirSync(this.stateRoot);
  }

  /** Deletes what is left; throws if hako cannot. */
  async close(): Promise<void> {
    const { stdout } = await this.hako(['list', '--quiet']);
    for (const id of stdout.split('\n').filter((line) => line !== '')) {
      const { exitCode, stderr } = await this.hako(['delete', '--force', id]);
      if (exitCode !== 0) throw new Error(`hako delete --force ${id} failed: ${stderr}`);
    }
    rmSync(this.folder, { recursive: true });
  }
}

function fieldOf(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

function pidIn(json: string): number {
  const { pid } = JSON.parse(json) as { pid: number };
  return pid;
}
