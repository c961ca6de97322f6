/**
 * What a container's annotations may ask for, as the operator wants it. A value: nothing reads files for it.
 */
export interface Policy {
  /**
   * Anchored regular expressions over key names. A key under `io.katacontainers.config.hypervisor.` is matched by
   * the rest of its name, any other by what follows `io.katacontainers.config.` or `io.katacontainers.`, e.g.
   * `runtime.sandbox_bind_mounts`.
   */
  readonly enableAnnotations: readonly string[];
  /**
   * Kata's own rule: every key of the hypervisor must match a pattern, harmless ones too. Otherwise only sensitive
   * keys must. Keys of other parts need a pattern only if they are sensitive. Default false.
   */
  readonly listedOnly?: boolean;
  /** Glob patterns of absolute paths by list name (`valid_hypervisor_paths`); a missing list refuses every path. */
  readonly pathLists: Readonly<Record<string, readonly string[]>>;
  /** Where `enable_annotations` stands, for the advice in refusals. */
  readonly source?: { readonly file: string; readonly line: number };
}

/** The policy of somebody who said nothing: harmless keys, and of the sensitive ones only kernel words. */
export const safePolicy: Policy = {
  enableAnnotations: [
    'enable_iommu',
    'kernel_params',
    'kernel_verity_params',
    'default_vcpus',
    'default_memory',
  ],
  pathLists: {},
};

/** Everything is allowed, as in Kata 1.x of April 2020. Only for input that is trusted or never run. */
export const openPolicy: Policy = {
  enableAnnotations: ['.*'],
  pathLists: { '*': ['**'] },
};

/** Answers questions about one policy; made once per policy, as patterns are compiled. */
export interface PolicyCheck {
  allowsKey(key: string, sensitive: boolean): boolean;
  /** True if paths of the list need not even exist. */
  allowsAnyPath(list: string): boolean;
  /** Whether `path` (absolute, canonical) matches the list. */
  allowsPath(list: string, path: string): boolean;
}

const hypervisorPrefix = 'io.katacontainers.config.hypervisor.';
const prefixes = [hypervisorPrefix, 'io.katacontainers.config.', 'io.katacontainers.'];

/** The name by which `enable_annotations` speaks of a key. */
export function gateName(key: string): string {
  const prefix = prefixes.find((candidate) => key.startsWith(candidate));
  return prefix === undefined ? key : key.slice(prefix.length);
}

const compiled = new WeakMap<Policy, PolicyCheck>();

/** Compiles a policy; a pattern that is no regular expression allows nothing. */
export function compilePolicy(policy: Policy): PolicyCheck {
  const known = compiled.get(policy);
  if (known !== undefined) return known;
  const keys = policy.enableAnnotations.flatMap((pattern) => compilePattern(pattern) ?? []);
  const lists = new Map<string, RegExp[]>();
  const patternsOf = (list: string): readonly string[] =>
    policy.pathLists[list] ?? policy.pathLists['*'] ?? [];
  const check: PolicyCheck = {
    allowsKey: (key, sensitive) => {
      const needsPattern = sensitive || (policy.listedOnly === true && key.startsWith(hypervisorPrefix));
      return !needsPattern || keys.some((pattern) => pattern.test(gateName(key)));
    },
    allowsAnyPath: (list) => patternsOf(list).includes('**'),
    allowsPath: (list, path) => {
      const patterns = lists.get(list) ?? patternsOf(list).map(globToRegExp);
      lists.set(list, patterns);
      return patterns.some((pattern) => pattern.test(path));
    },
  };
  compiled.set(policy, check);
  return check;
}

function compilePattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return undefined;
  }
}

/** glob(3) without brace expansion, anchored; `**` alone matches every path. */
export function globToRegExp(glob: string): RegExp {
  if (glob === '**') return /^/;
  let source = '';
  for (let index = 0; index < glob.length; index++) {
    const character = glob[index] ?? '';
    if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const end = glob.indexOf(']', index + 2);
      if (end === -1) source += '\\[';
      else {
        const set = glob
          .slice(index + 1, end)
          .replace(/^!/, '^')
          .replaceAll('\\', '\\\\');
        source += `(?!/)[${set}]`;
        index = end;
      }
    } else source += character.replace(/[\\^$.|+(){}]/, '\\$&');
  }
  return compilePattern(source) ?? /(?!)/;
}
