import { compilePolicy, type HostFacts, type Policy } from '@hako/annotations';
import type { Problem } from '@hako/errors';
import { printable } from '@hako/shape';
import { configPathOf } from './container-type.ts';

const key = 'io.katacontainers.config_path';

/**
 * The configuration file that a container's annotations ask for, if the operator lets them: undefined if they ask
 * for none, a problem if they may not or the path is no path. The policy is that of the configuration that counts
 * without the annotation; a file so named is read instead of it (`configCandidates` of `@hako/config`).
 */
export function requestedConfiguration(
  annotations: Readonly<Record<string, string>> | undefined,
  policy: Policy,
  { canonicalPath }: Pick<HostFacts, 'canonicalPath'> = {},
): { readonly path: string } | Problem | undefined {
  const asked = configPathOf(annotations);
  if (asked === '') return undefined;
  const place = policy.source === undefined ? '' : ` (${policy.source.file}:${policy.source.line})`;
  const problem = { severity: 'error', field: key, value: printable(asked) } as const;
  if (!compilePolicy(policy).allowsKey(key, true))
    return {
      ...problem,
      code: 'annotation/not-allowed',
      rule: 'is allowed only where the operator enables it: a pod would choose any configuration file of the host',
      fix: `add "config_path" to enable_annotations in [hypervisor.qemu]${place}`,
    };
  if (!asked.startsWith('/') || asked.includes('\0'))
    return { ...problem, code: 'annotation/bad-value', rule: 'must be an absolute path' };
  const path = canonicalPath === undefined ? asked : canonicalPath(asked);
  return path === undefined
    ? { ...problem, code: 'annotation/no-such-path', rule: 'must name something that exists on the host' }
    : { path };
}
