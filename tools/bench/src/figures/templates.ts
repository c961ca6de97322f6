import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import type { BenchContext } from '../figure.ts';
import { timeProgram } from '../processes.ts';

/** Kinds of share, of which each has a template of its own. */
export const shares = ['virtio-9p', 'virtio-fs'] as const;
export type Share = (typeof shares)[number];

/** hako with templates, which are there from the start. */
export class Templates {
  readonly #hako: string;
  readonly #folder: string;

  private constructor(hako: string, folder: string) {
    this.#hako = hako;
    this.#folder = folder;
  }

  static async make({ workspace, folder }: BenchContext): Promise<Templates> {
    const templates = new Templates(join(workspace, 'dist/bin/hako'), folder);
    const shipped = readFileSync(join(workspace, 'dist/etc/hako/configuration.toml'), 'utf8');
    for (const share of shares) {
      const shared = withLine(shipped, `shared_fs = "${share}"`);
      const enabled = withLine(shared, 'enable_template = true', 'factory');
      writeFileSync(
        templates.configuration(share),
        withLine(enabled, `template_path = "${templates.path}"`, 'factory'),
      );
      await templates.call(share, 'factory', 'init');
    }
    return templates;
  }

  get path(): string {
    return join(this.#folder, 'templates');
  }

  /** Milliseconds that a command takes. */
  call(share: Share, ...args: readonly string[]): Promise<number> {
    const globals = ['--config', this.configuration(share), '--root', join(this.#folder, 'state')];
    return timeProgram(this.#hako, [...globals, ...args]);
  }

  async remove(): Promise<void> {
    await this.call('virtio-9p', 'factory', 'destroy');
  }

  /** Path of the configuration with that share. */
  configuration(share: Share): string {
    return join(this.#folder, `${share}.toml`);
  }
}
