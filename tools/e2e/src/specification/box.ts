import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ProgramResult } from '../run-program.ts';
import type { Workbench } from '../workbench.ts';
import { boxConfig, oddConfig } from './box-config.ts';

/** Id of the container that most rules look into. */
export const BOX = 'box';

/**
 * One container whose config.json holds everything that does not exclude another, so that most rules need no virtual
 * machine of their own. It is created, and started by the rule that is about that.
 */
export class SpecBox {
  readonly bench: Workbench;
  readonly bundle: string;
  /** A folder of the host that config.json mounts, with a file, and a tmpfs mounted in `below`. */
  readonly tree: string;
  #odd: Promise<ProgramResult> | undefined;

  constructor(bench: Workbench) {
    this.bench = bench;
    this.tree = join(bench.folder, 'tree');
    mkdirSync(join(this.tree, 'below'), { recursive: true });
    writeFileSync(join(this.tree, 'file'), 'of the host\n');
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(this.tree, 'below')]);
    mkdirSync(join(bench.rootfs, 'srv'));
    this.bundle = bench.bundle([], { extra: boxConfig(this.tree) });
    mkdirSync(join(this.bundle, 'beside'));
    writeFileSync(join(this.bundle, 'beside', 'note'), 'beside config.json\n');
  }

  /** What a shell script in the box prints; it must succeed, and say nothing on stderr. */
  async inside(script: string, id: string = BOX): Promise<string> {
    const { stdout, stderr, exitCode } = await this.bench.hako(['exec', id, 'sh', '-c', script]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    return stdout;
  }

  async state(id: string = BOX): Promise<Record<string, unknown>> {
    return JSON.parse((await this.bench.hako(['state', id])).stdout) as Record<string, unknown>;
  }

  /** `create` of a bundle that differs from the plain one; nothing may stay of one that fails. */
  async refused(extra: Readonly<Record<string, unknown>>): Promise<string> {
    const result: ProgramResult = await this.bench.create([
      '--bundle',
      this.bench.bundle(['true'], { extra }),
      'refused',
    ]);
    expect(result.exitCode).toBe(1);
    expect(this.bench.leftovers()).not.toContain('refused');
    return result.stderr;
  }

  /** What a container says that asks for all that is left out or replaced. */
  odd(): Promise<ProgramResult> {
    const script = 'uname -m; hostname; grep CapBnd /proc/self/status; grep " /mnt " /proc/mounts';
    this.#odd ??= this.bench.run('odd', [], { extra: oddConfig(script) });
    return this.#odd;
  }

  readConfig(): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.bundle, 'config.json'), 'utf8')) as Record<string, unknown>;
  }

  async close(): Promise<void> {
    await this.bench.hako(['delete', '--force', BOX]);
    execFileSync('umount', [join(this.tree, 'below')]);
    await this.bench.close();
  }
}
