import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundleOptions, makeBusyboxRootfs, writeBundle } from '@hako/bundles';
import { hakoPath } from './paths.ts';
import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts';

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
    this.rootfs = makeBusyboxRootfs(join(this.folder, 'rootfs'));
  }

  /** `hako --root STATE ...args`. */
  hako(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
    return runProgram(hakoPath, ['--root', this.stateRoot, ...args], options);
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
