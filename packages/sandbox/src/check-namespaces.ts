import type { Namespace } from '@hako/oci-spec';
import { type NamespaceType, namespaceType } from '@hako/posix';
import { sandboxError } from './sandbox-error.ts';

/**
 * Namespaces that a specification names must be there and of their type (config-linux.md, "Namespaces"), also those
 * that the guest's take the place of.
 *
 * @throws SandboxError `host-refused` naming the member
 */
export function checkNamespaces(
  namespaces: readonly Namespace[] = [],
  typeOf: (path: string) => NamespaceType | undefined = namespaceType,
): void {
  for (const [index, { type, path }] of namespaces.entries()) {
    if (path === undefined || path === '') continue;
    const field = `linux.namespaces[${index}].path`;
    let found: NamespaceType | undefined;
    try {
      found = typeOf(path);
    } catch (error) {
      throw sandboxError('host-refused', `${field}: ${(error as Error).message}`, { path }, error);
    }
    if (found === type) continue;
    const what = found === undefined ? 'no namespace' : `a ${found} namespace`;
    throw sandboxError('host-refused', `${field}: ${path} is ${what}, not one of type ${type}`, { path });
  }
}
