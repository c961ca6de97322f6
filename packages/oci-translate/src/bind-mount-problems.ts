import { parseBindMount, type RuntimeConfig, tomlPath } from '@hako/config';
import type { Problem } from '@hako/errors';
import type { Origins } from '@hako/shape';

const field = 'runtime.sandboxBindMounts';

/**
 * An error for each path of `sandbox_bind_mounts` that this host has not, named by what set it: the place in a file, or the annotation.
 *
 * @param canonicalPath undefined for what does not exist
 */
export function bindMountProblems(
  { runtime }: Pick<RuntimeConfig, 'runtime'>,
  origins: Origins,
  canonicalPath: (path: string) => string | undefined,
): readonly Problem[] {
  const origin = origins[field];
  return runtime.sandboxBindMounts
    .filter((text) => canonicalPath(parseBindMount(text)?.path ?? text) === undefined)
    .map((text) => ({
      severity: 'error',
      code: 'config/missing-path',
      ...(origin?.kind === 'file' ? { file: origin.file, line: origin.line } : {}),
      field: origin?.kind === 'annotation' ? origin.key : tomlPath(field),
      value: text,
      rule: 'must exist on this host',
      fix: 'make it, or take it out of the list',
    }));
}
