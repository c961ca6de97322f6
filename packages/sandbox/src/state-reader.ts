import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@hako/oci-spec/json';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { checkContainerId } from './container-id.ts';
import { type ContainerState, parseContainerState } from './container-state.ts';
import { SandboxError, sandboxError } from './sandbox-error.ts';
import { type ContainerPaths, containerPaths, type SandboxPaths, sandboxPaths } from './state-paths.ts';

/** pid and start time of the process that serves a sandbox. */
export interface ShimRecord {
  readonly pid: number;
  /** Clock ticks since boot, from /proc/PID/stat. */
  readonly startTime: number;
}

/** What stands under `--root` of sandboxes and containers, for those who only read it. */
export class StateReader {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  container(id: string): ContainerPaths {
    checkContainerId(id);
    return containerPaths(this.root, id);
  }

  sandbox(id: string): SandboxPaths {
    checkContainerId(id);
    return sandboxPaths(this.root, id);
  }

  /** True when something of that id has state here. */
  exists(id: string): boolean {
    return existsSync(this.container(id).directory);
  }

  /** Ids of all containers with a state, sorted. Folders that hako did not make are passed over. */
  list(): readonly string[] {
    let names: string[];
    try {
      names = readdirSync(this.root);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return names.filter((name) => existsSync(join(this.root, name, 'state.json'))).sort();
  }

  readSandboxConfig(id: string): SandboxConfig {
    return this.#read(id, this.sandbox(id).config) as SandboxConfig;
  }

  readContainerConfig(id: string): ContainerConfig {
    const path = this.container(id).config;
    return parseJson(this.#text(id, path), { file: path }) as ContainerConfig;
  }

  /** @throws SandboxError `not-found`, `state-corrupt` */
  readContainerState(id: string): ContainerState {
    const path = this.container(id).state;
    return parseContainerState(this.#text(id, path), path);
  }

  /** Null when no shim was ever started for that sandbox. */
  readShimRecord(sandboxId: string): ShimRecord | null {
    const path = this.sandbox(sandboxId).shim;
    let record: Partial<ShimRecord>;
    try {
      record = this.#read(sandboxId, path) as Partial<ShimRecord>;
    } catch (error) {
      if (error instanceof SandboxError && error.code === 'not-found') return null;
      throw error;
    }
    if (!Number.isSafeInteger(record.pid) || !Number.isSafeInteger(record.startTime)) {
      throw sandboxError('state-corrupt', `${path} does not hold pid and startTime`, { path });
    }
    return record as ShimRecord;
  }

  #read(id: string, path: string): unknown {
    const text = this.#text(id, path);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw sandboxError('state-corrupt', `${path} is not JSON`, { id, path }, error);
    }
  }

  #text(id: string, path: string): string {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        throw sandboxError('not-found', `container does not exist: ${id}`, { id, path });
      }
      throw error;
    }
  }
}
