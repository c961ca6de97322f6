import {
  boolean,
  integer,
  list,
  name,
  number,
  object,
  oneOf,
  osText,
  record,
  type Shape,
  safeUint,
  uint8,
  uint32,
} from '@hako/shape';
import { bindMountsRule } from './bind-mounts.ts';
import { formatKernelWords, type KernelParam, parseKernelWords } from './kernel-words.ts';
import { Rule, type ValueType } from './key.ts';

/** Machines hako can start; `virt` is arm64's, the others are x86-64's. */
export const machineTypes = ['q35', 'pc', 'microvm', 'virt'] as const;
export type MachineType = (typeof machineTypes)[number];

/** `rootless_user` of the Rust runtime. */
export interface RootlessUser {
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
  readonly userName?: string;
}

/** A member of `shared_mounts`: a mount point of one container shown in another. */
export interface SharedMount {
  readonly name: string;
  readonly srcCtr: string;
  readonly srcPath: string;
  readonly dstCtr: string;
  readonly dstPath: string;
}

export const flag: ValueType<boolean> = { name: 'true or false', shape: boolean };
export const path: ValueType<string> = { name: 'path', shape: osText };
export const textValue: ValueType<string> = { name: 'text', shape: osText };
export const words: ValueType<readonly string[]> = { name: 'list of texts', shape: list(osText) };
/** Folders and files of the host, each `/path`, `/path:ro` or `/path:rw`. */
export const bindMounts: ValueType<readonly string[]> = {
  name: 'list of paths with optional :ro or :rw',
  shape: list(osText),
  read: (value) => bindMountsRule(value as readonly string[]) ?? (value as readonly string[]),
};
/** Regular expressions that are matched from end to end. */
export const patterns: ValueType<readonly string[]> = {
  name: 'list of regular expressions',
  shape: list(osText),
  read: (value) => {
    const texts = value as readonly string[];
    const wrong = texts.find((text) => !isPattern(text));
    return wrong === undefined
      ? texts
      : new Rule(`must be regular expressions; ${JSON.stringify(wrong)} is none`);
  },
};

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

export const count8: ValueType<number> = { name: 'whole number', shape: uint8 };
export const count: ValueType<number> = { name: 'whole number', shape: uint32 };
export const bigCountSafe: ValueType<number> = { name: 'whole number', shape: safeUint };
export const signed: ValueType<number> = {
  name: 'whole number',
  shape: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
};

/** Fractions are rounded up when the VM is built; 0 is 1, negative means the host's CPUs. */
export const vcpus: ValueType<number> = { name: 'number', shape: number };

/** Up to 2^63 - 1, which no JavaScript number holds: decimal digits. */
export const bigCount: ValueType<string> = {
  name: 'whole number',
  shape: { kind: 'integer', min: 0, max: 9_223_372_036_854_775_807n },
  read: (value) => String(value),
  write: (value) => BigInt(value),
};

/** One of a closed set of words. */
export function word<const T extends string>(values: readonly T[]): ValueType<T> {
  return { name: values.join(', '), shape: oneOf(values) };
}

/** As `word`, and other spellings of the same words, which are read as the words they mean. */
export function wordOrAlias<const T extends string>(
  values: readonly T[],
  aliases: Readonly<Record<string, T>>,
): ValueType<T> {
  return {
    ...word(values),
    shape: oneOf([...values, ...Object.keys(aliases)]),
    read: (value) => aliases[String(value)] ?? (value as T),
  };
}

/** Kernel command line words, separated by white space. */
export const kernelWords: ValueType<readonly KernelParam[]> = {
  name: 'words separated by spaces',
  shape: osText,
  read: (value) =>
    parseKernelWords(String(value)) ?? new Rule('must not have a word without a name before ='),
  write: formatKernelWords,
};

/** Seconds in the file, milliseconds in the configuration. */
export const secondsAsMs: ValueType<number> = {
  name: 'whole number',
  shape: integer(0, 4_294_967),
  read: (value) => Number(value) * 1000,
  write: (value) => Math.ceil(value / 1000),
};

const rootlessUserTable: Shape<unknown> = object<{
  uid?: number;
  gid?: number;
  groups?: readonly number[];
  user_name?: string;
}>({ uid: uint32, gid: uint32, groups: list(uint32), user_name: name }, {}, true);

export const rootlessUser: ValueType<RootlessUser | null> = {
  name: 'table',
  shape: rootlessUserTable,
  read: (value) => {
    const { user_name: userName, ...rest } = value as Record<string, never>;
    return userName === undefined ? rest : { ...rest, userName };
  },
  write: (value) => {
    if (value === null) return undefined;
    const { userName, ...rest } = value;
    return userName === undefined ? rest : { ...rest, user_name: userName };
  },
};

const mountNames = [
  ['name', 'name'],
  ['src_ctr', 'srcCtr'],
  ['src_path', 'srcPath'],
  ['dst_ctr', 'dstCtr'],
  ['dst_path', 'dstPath'],
] as const;

/** Tables of `name`, `src_ctr`, `src_path`, `dst_ctr` and `dst_path`; every member is demanded. */
export const sharedMounts: ValueType<readonly SharedMount[]> = {
  name: 'list of tables',
  shape: list(record(name)),
  read: (value) => {
    const mounts: SharedMount[] = [];
    for (const table of value as readonly Readonly<Record<string, string>>[]) {
      const mount = readSharedMount(table);
      if (mount instanceof Rule) return mount;
      mounts.push(mount);
    }
    return mounts;
  },
  write: (value) =>
    value.map((mount) => Object.fromEntries(mountNames.map(([toml, field]) => [toml, mount[field]]))),
};

/** One shared mount from a table or JSON object with the names of the file. */
export function readSharedMount(table: Readonly<Record<string, unknown>>): SharedMount | Rule {
  const mount: Record<string, string> = {};
  for (const [toml, field] of mountNames) {
    const member = table[toml];
    if (typeof member !== 'string' || member === '') return new Rule(`must have the member ${toml}`);
    if (toml.endsWith('_path') && (!/^(?:\/[-\w.]+)+\/?$/.test(member) || member.split('/').includes('..')))
      return new Rule(`must have an absolute path of letters, digits, -, _ and ., without .., as ${toml}`);
    mount[field] = member;
  }
  return mount as unknown as SharedMount;
}
