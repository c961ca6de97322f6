import {
  type Codec,
  fields,
  type LimitContext,
  oneOf,
  type RowSemantics,
  refused,
  separated,
  value,
} from '@hako/annotations';
import {
  bindMountsRule,
  Rule,
  type RuntimeConfig,
  type RuntimeSettings,
  readSharedMount,
  type SharedMount,
} from '@hako/config';

/** Spaces as in the Go runtime, or commas as in the Rust one. */
const names: Codec<readonly string[]> = {
  name: 'names separated by spaces or commas',
  read: (text) => value(fields(text.replaceAll(',', ' '))),
};

export const experimentalSemantics: RowSemantics<RuntimeConfig, readonly string[]> = {
  '1.x': { codec: separated(' '), limit: unknownFeature },
  '3.x': { codec: names, limit: unknownFeature },
};

function unknownFeature(
  read: readonly string[],
  { host }: LimitContext<RuntimeConfig>,
): ReturnType<typeof refused> | undefined {
  const known = host.experimentalFeatures ?? [];
  const wrong = read.find((name) => !known.includes(name));
  if (wrong === undefined) return undefined;
  const list = known.length === 0 ? 'there are none in this version' : `known are ${known.join(', ')}`;
  return refused(`must name experimental features; ${JSON.stringify(wrong)} is not known, ${list}`);
}

type Model = RuntimeSettings['internetworkingModel'];

/** How endpoints are joined to the VM; `default` is tcfilter. */
export const networkModel: Codec<Model> = {
  ...oneOf(['tcfilter', 'macvtap', 'none', 'default']),
  read: (text) =>
    oneOf(['tcfilter', 'macvtap', 'none'] as const).read(text === 'default' ? 'tcfilter' : text),
};

export const networkModelSemantics: RowSemantics<RuntimeConfig, Model> = { codec: networkModel };

/** The Rust runtime lists the names with dashes and knows them with underscores; both are read. */
export const runtimeName: Codec<string> = {
  ...oneOf(['virt_container', 'linux_container', 'wasm_container']),
  read: (text) =>
    oneOf(['virt_container', 'linux_container', 'wasm_container']).read(text.replaceAll('-', '_')),
};

/** A JSON array of objects with name, src_ctr, src_path, dst_ctr and dst_path. */
export const sharedMounts: Codec<readonly SharedMount[]> = {
  name: 'JSON array',
  read: (text) => {
    let read: unknown;
    try {
      read = JSON.parse(text);
    } catch {
      return refused('must be a JSON array of objects');
    }
    if (!Array.isArray(read)) return refused('must be a JSON array of objects');
    const mounts: SharedMount[] = [];
    for (const member of read) {
      const mount =
        typeof member === 'object' && member !== null
          ? readSharedMount(member)
          : new Rule('must be an object');
      if (mount instanceof Rule) return refused(`${mount.rule}, at index ${mounts.length}`);
      mounts.push(mount);
    }
    return value(mounts);
  },
};

/** Absolute paths between white space, each with an optional `:ro` or `:rw`. */
export const bindMounts: Codec<readonly string[]> = {
  name: 'absolute paths separated by spaces, each with optional :ro or :rw',
  read: (text) => {
    const paths = fields(text);
    const broken = bindMountsRule(paths);
    return broken === undefined ? value(paths) : refused(broken.rule);
  },
};
