import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { posixHost } from '@hako/sandbox/state';
import { hakoPath } from './paths.ts';
import { PodmanCgroups } from './podman-cgroups.ts';
import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts';

export const image = 'localhost/busybox:1';

/**
 * podman with storage, state, configuration and a network namespace of its own, whose runtime is the built hako. Its bridges
 * and packet filter rules go with the namespace.
 */
export class Podman {
  readonly folder: string;
  readonly #network: string = `hako-podman-${process.pid}`;
  readonly env: NodeJS.ProcessEnv;
  readonly #cgroups: PodmanCgroups;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const configuration = join(folder, 'containers.conf');
    // Lower limits than podman's own, which only a process with CAP_SYS_RESOURCE may set.
    writeFileSync(
      configuration,
      `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
netns = "none"
[network]
network_config_dir = ${JSON.stringify(join(folder, 'networks'))}
[engine]
runtime = "hako"
events_logger = "file"
runtime_supports_json = ["hako"]
runtime_supports_nocgroup = ["hako"]
[engine.runtimes]
hako = ["${hakoPath}"]
`,
    );
    this.env = { PATH: process.env.PATH, HOME: folder, CONTAINERS_CONF: configuration };
    this.#cgroups = new PodmanCgroups(this.#network);
    execFileSync('ip', ['netns', 'add', this.#network]);
    execFileSync('ip', ['-n', this.#network, 'link', 'set', 'lo', 'up']);
  }

  /** Words before a program that is to run in podman's network. */
  get #inNetwork(): readonly [string, string] {
    return ['nsenter', `--net=/run/netns/${this.#network}`];
  }

  /** Runs a program on what is podman's host, as far as the network goes. */
  onHost(argv: readonly string[]): Promise<ProgramResult> {
    const [program, ...args] = this.#inNetwork;
    return runProgram(program, [...args, ...argv]);
  }

  get globals(): readonly string[] {
    const at = (name: string) => join(this.folder, name);
    return ['--root', at('root'), '--runroot', at('run'), '--tmpdir', at('tmp')];
  }

  run(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
    const [program, ...enter] = this.#inNetwork;
    const argv = [...enter, 'podman', ...this.globals, ...args];
    return runProgram(program, argv, { env: this.env, ...options });
  }

  /** stdout of a call that must succeed. */
  async output(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, options);
    if (exitCode !== 0) throw new Error(`podman ${args.join(' ')} failed (${exitCode}): ${stderr}`);
    return stdout;
  }

  /** Makes an image of a root file system. */
  async import(rootfs: string): Promise<void> {
    const archive = join(this.folder, 'image.tar');
    const { exitCode, stderr } = await runProgram('tar', ['-C', rootfs, '-cf', archive, '.']);
    if (exitCode !== 0) throw new Error(`tar failed: ${stderr}`);
    const path = 'ENV PATH=/bin:/sbin:/usr/bin:/usr/sbin';
    await this.output(['import', '-c', path, '-c', 'CMD ["sh"]', archive, image]);
  }

  /** Removes all containers, and what podman leaves mounted and of cgroups. The folder is the caller's. */
  async close(): Promise<void> {
    try {
      await this.output(['pod', 'rm', '--all', '--force', '--time', '0']);
      await this.output(['rm', '--all', '--force', '--time', '0']);
    } finally {
      execFileSync('ip', ['netns', 'delete', this.#network]);
    }
    // The storage's own bind mount, which podman leaves.
    posixHost().unmountAll(join(this.folder, 'root/overlay'));
    this.#cgroups.letGo();
  }
}
