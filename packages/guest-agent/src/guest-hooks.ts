import { readdirSync, statSync } from 'node:fs';
import { AgentError } from './agent-error.ts';

/** Folders below the hook path, each named for the kind of the hooks in it, as in Kata. */
const kinds = ['prestart', 'poststart', 'poststop'] as const;

/**
 * The spec with the hooks of the guest (CreateSandboxRequest.guest_hook_path) after its own: each program in
 * `DIR/prestart`, `DIR/poststart` and `DIR/poststop`, by name. crun runs them in the guest.
 *
 * @param hookPath empty for none
 * Throws AgentError `not-found` when there is no such folder in the guest.
 */
export function withGuestHooks(spec: object, hookPath: string): object {
  if (hookPath === '') return spec;
  if (!isFolder(hookPath)) {
    throw new AgentError(
      'not-found',
      `guest_hook_path ${JSON.stringify(hookPath)} is no folder in the guest`,
      {
        facts: { path: hookPath },
      },
    );
  }
  const own: object = 'hooks' in spec && typeof spec.hooks === 'object' ? (spec.hooks ?? {}) : {};
  const hooks = Object.fromEntries(
    kinds.flatMap((kind) => {
      const added = programsIn(`${hookPath}/${kind}`).map((path) => ({ path, args: [path, kind] }));
      const before: unknown = Object.entries(own).find(([name]) => name === kind)?.[1];
      return added.length === 0
        ? []
        : [[kind, [...(Array.isArray(before) ? (before as object[]) : []), ...added]]];
    }),
  );
  return { ...spec, hooks: { ...own, ...hooks } };
}

function programsIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => `${folder}/${name}`)
    .filter((path) => {
      const stats = statSync(path);
      return stats.isFile() && (stats.mode & 0o111) !== 0;
    });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
