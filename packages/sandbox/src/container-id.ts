import { sandboxError } from './sandbox-error.ts';

const ID_RULE = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;
const MAX_LENGTH = 255;

/**
 * Checks a container, sandbox or exec id: letters, digits, `_`, `.`, `+`, `-`, not beginning with `.`, `+` or `-`, at
 * most 255 characters (it names a directory). The rule of runc, so that no id can leave the state root.
 *
 * @throws SandboxError `bad-id`
 */
export function checkContainerId(id: string): void {
  if (id === '') throw sandboxError('bad-id', 'container id is empty', { id });
  if (id.length > MAX_LENGTH) {
    throw sandboxError(
      'bad-id',
      `container id has ${id.length} characters, at most ${MAX_LENGTH} are allowed`,
      { id },
    );
  }
  if (!ID_RULE.test(id)) {
    throw sandboxError(
      'bad-id',
      `container id ${JSON.stringify(id)} must consist of letters, digits, "_", ".", "+", "-" and begin with a letter, digit or "_"`,
      { id },
    );
  }
}
