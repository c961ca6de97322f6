import { mkdirSync } from 'node:fs';
import { stringifyJson } from '@hako/oci-spec/json';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { writeFileAtomic } from './atomic-file.ts';
import type { ContainerState } from './container-state.ts';
import { sandboxError } from './sandbox-error.ts';
import type { ContainerPaths } from './state-paths.ts';
import { type ShimRecord, StateReader } from './state-reader.ts';

/** The folder under `--root` where sandboxes and containers keep what must outlive a command. */
export class StateStore extends StateReader {
  /**
   * Takes an id: makes its directory, which fails for whoever comes second.
   *
   * @throws SandboxError `bad-id`, `id-in-use`, `host-refused`
   */
  reserve(id: string): ContainerPaths {
    const paths = this.container(id);
    try {
      mkdirSync(this.root, { recursive: true, mode: 0o711 });
      mkdirSync(paths.directory, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        throw sandboxError('id-in-use', `container with given ID already exists: ${id}`, { id });
      }
      throw sandboxError(
        'host-refused',
        `cannot make the state directory ${paths.directory}: ${String(error)}`,
        { id },
        error,
      );
    }
    return paths;
  }

  writeSandboxConfig(config: SandboxConfig): void {
    writeFileAtomic(this.sandbox(config.id).config, JSON.stringify(config));
  }

  writeContainerConfig(config: ContainerConfig): void {
    // Limits of the specification may be beyond what a JSON number holds in JavaScript.
    writeFileAtomic(this.container(config.id).config, stringifyJson(config));
  }

  writeContainerState(state: ContainerState): void {
    writeFileAtomic(this.container(state.id).state, JSON.stringify(state));
  }

  writeShimRecord(sandboxId: string, record: ShimRecord): void {
    writeFileAtomic(this.sandbox(sandboxId).shim, JSON.stringify(record));
  }
}
