import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ContainerdDaemon, image } from '@hako/cri';
import { posixHost } from '@hako/sandbox/state';
import { shimPath } from './paths.ts';
import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts';
import { stateRoots } from './state-roots.ts';

/** A containerd of a test's own, without CRI, with the built shim in its PATH, and `ctr` to drive it. */
export class Containerd extends ContainerdDaemon {
  /** Of its own, so that cgroups and states meet nobody else's. */
  readonly namespace: string = `hako-e2e-${process.pid}`;

  constructor(folder: string) {
    super({ folder, binFolder: dirname(shimPath) }, { disabledPlugins: ['io.containerd.grpc.v1.cri'] });
    stateRoots.add(this.stateRoot);
  }

  ctr(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
    return runProgram('ctr', ['--address', this.socket, '--namespace', this.namespace, ...args], options);
  }

  /** stdout of a call that must succeed. */
  async output(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.ctr(args, options);
    if (exitCode !== 0)
      throw new Error(`ctr ${args.join(' ')} failed (${exitCode}): ${stderr}\n${this.log()}`);
    return stdout;
  }

  /** `ctr run` with hako's shim: `ID COMMAND...` after the options. */
  run(
    options: readonly string[],
    words: readonly string[],
    more: ProgramOptions = {},
  ): Promise<ProgramResult> {
    return this.ctr(['run', '--runtime', 'io.containerd.hako.v2', ...options, image, ...words], more);
  }

  /** The same for one that stays. */
  async runDetached(options: readonly string[], words: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await this.run(['--detach', ...options], words);
    if (exitCode !== 0) throw new Error(`ctr run failed (${exitCode}): ${stderr}\n${this.log()}`);
  }

  /** Makes the image that `run` runs. */
  async import(rootfs: string): Promise<void> {
    await this.importImage(image, rootfs, { command: ['sh'] }, this.namespace);
  }

  /** What `ctr task ls` says: status and pid of each task. */
  async tasks(): Promise<Readonly<Record<string, { readonly pid: number; readonly status: string }>>> {
    const [, ...lines] = (await this.output(['task', 'ls'])).trim().split('\n');
    return Object.fromEntries(
      lines.map((line) => {
        const [id = '', pid = '', status = ''] = line.split(/\s+/);
        return [id, { pid: Number(pid), status }];
      }),
    );
  }

  /** What is published from now on. */
  events(): ContainerdEvents {
    return new ContainerdEvents(['--address', this.socket, '--namespace', this.namespace]);
  }

  /** Ends and deletes a container whatever it does. */
  async remove(id: string): Promise<void> {
    await this.ctr(['task', 'delete', '--force', id]);
    await this.output(['containers', 'delete', id]);
  }

  /** State root of the shims that this containerd starts. */
  get stateRoot(): string {
    return join('/run/hako/.containerd', this.namespace);
  }

  /** Ids that have state on the host. */
  states(): readonly string[] {
    return existsSync(this.stateRoot) ? readdirSync(this.stateRoot) : [];
  }

  /** Where something of a container is mounted on the host. */
  mountsOf(id: string): readonly string[] {
    const bundle = join(this.folder, 'state/io.containerd.runtime.v2.task', this.namespace, id);
    return [bundle, join(this.stateRoot, id)].flatMap((folder) => posixHost().mountsBelow(folder));
  }

  /** Pids of a container's host processes, by their command lines. */
  processesOf(id: string): readonly number[] {
    return posixHost().processesWithMarkers([join(this.stateRoot, id)]);
  }

  /** Removes all containers and ends the daemon. The folder is the caller's. */
  async close(): Promise<void> {
    for (const id of (await this.output(['containers', 'ls', '--quiet'])).split('\n')) {
      if (id !== '') await this.remove(id);
    }
    await this.output(['images', 'rm', image, '--sync']);
    await this.stop();
    this.unmountAll();
    if (existsSync(this.stateRoot)) rmdirSync(this.stateRoot);
    for (const cgroup of this.cgroups()) rmdirSync(cgroup);
  }

  /** The namespace's cgroups in every hierarchy; containers' are below. */
  cgroups(): readonly string[] {
    const top = '/sys/fs/cgroup';
    return [
      top,
      ...readdirSync(top, { withFileTypes: true }).flatMap((e) =>
        e.isDirectory() ? [join(top, e.name)] : [],
      ),
    ]
      .map((hierarchy) => join(hierarchy, this.namespace))
      .filter((path) => existsSync(path));
  }
}

/** Listens to a containerd until it is closed. */
export class ContainerdEvents {
  readonly #child: ChildProcess;
  #text = '';

  constructor(globals: readonly string[]) {
    this.#child = spawn('ctr', [...globals, 'events'], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#text += bytes.toString();
    });
  }

  /** Topics of a task's events, in the order in which they came. */
  topics(id: string): readonly string[] {
    const ofTask = this.#text.split('\n').filter((line) => line.includes(`{"container_id":"${id}"`));
    return ofTask.flatMap((line) => / (\/tasks\/[a-z-]+) /.exec(line)?.[1] ?? []);
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
