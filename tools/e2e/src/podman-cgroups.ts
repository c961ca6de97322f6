import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const ATTEMPTS = 50;

/**
 * The groups that every podman of a host makes and none removes: `libpod_parent` and `libpod_parent/conmon`. Tests with
 * podmans of their own run side by side, so each holds these groups by one of its own below them, and the last to let
 * go removes them.
 */
export class PodmanCgroups {
  readonly #parents: readonly string[];
  readonly #name: string;

  /** @param name no other podman's */
  constructor(name: string) {
    this.#name = name;
    this.#parents = hierarchies().map((hierarchy) => join(hierarchy, 'libpod_parent'));
    for (const parent of this.#parents) makeFolders(join(parent, 'conmon', name));
  }

  letGo(): void {
    for (const parent of this.#parents) {
      const conmon = join(parent, 'conmon');
      for (const path of [join(conmon, this.#name), conmon, parent]) removeUnlessInUse(path);
    }
  }
}

/** Mount points of all hierarchies, of both versions (proc(5), mountinfo). */
function hierarchies(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.flatMap((line) => (/ - cgroup2? /.test(line) ? (line.split(' ')[4] ?? []) : []));
}

/** Another podman's test may remove a folder above before there is one in it. */
function makeFolders(path: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      mkdirSync(path, { recursive: true });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

function removeUnlessInUse(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!['ENOENT', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
