import { readFileSync } from 'node:fs';
import { applyOverrides, openPolicy } from '@hako/annotations';
import {
  defaultRuntimeConfig,
  effectiveValues,
  formatTomlValue,
  listKeys,
  parseConfiguration,
} from '@hako/config';
import { parseJson } from '@hako/oci-spec';
import { defaultFamilies } from '@hako/oci-translate';
import { expect, test } from 'vitest';

// What Kata has, as tables of facts: key names, defaults, which are sensitive. The texts beside them are not copied.
function facts<T>(name: string): readonly T[] {
  return parseJson(readFileSync(new URL(`../facts/${name}`, import.meta.url))) as readonly T[];
}

interface AnnotationFact {
  readonly key: string;
  readonly sensitive: boolean;
  readonly pathList: string | null;
  readonly consumed1x: boolean;
}

interface KeyFact {
  readonly section: string;
  readonly key: string;
  readonly default: unknown;
  readonly line: '1.x' | '3.x';
}

const rows = new Map(
  defaultFamilies.flatMap(({ overrides }) =>
    overrides.flatMap((override) =>
      [override.key, ...override.aliases].map((key) => [key, override] as const),
    ),
  ),
);

test('every annotation is in a table, and no other', () => {
  const keys = facts<AnnotationFact>('annotations.json').map(({ key }) => key);
  expect(keys).toHaveLength(116);
  expect([...rows.keys()].sort()).toEqual(keys.toSorted());
});

test('sensitivity, path lists and 1.x agree', () => {
  const wrong = facts<AnnotationFact>('annotations.json').filter(
    ({ key, sensitive, pathList, consumed1x }) => {
      const row = rows.get(key);
      // The Go key for pinning and the older key for init data are aliases here and as sensitive as the others.
      const aliased = row !== undefined && row.key !== key;
      const gated = row?.sensitive !== undefined;
      return (
        (gated !== sensitive && !aliased) ||
        (row?.pathList ?? null) !== pathList ||
        (row?.semantics['1.x'] !== undefined) !== consumed1x
      );
    },
  );
  expect(wrong.map(({ key }) => key)).toEqual(consciouslyOther);
});

/** The first is an alias of a key that 1.x has; the second came between the two April versions the facts speak of. */
const consciouslyOther: readonly string[] = [
  'io.katacontainers.config.hypervisor.asset_hash_type',
  'io.katacontainers.config.hypervisor.cpu_features',
];

test('each key is reported: set, ignored with a reason, or refused', () => {
  for (const key of rows.keys()) {
    const { applied, problems } = applyOverrides({
      annotations: { [key]: '1' },
      families: defaultFamilies,
      config: { ...defaultRuntimeConfig(), assetHashes: {}, container: {} },
      host: { numCpus: 1 },
      policy: openPolicy,
    });
    expect([...applied.map((one) => one.key), ...problems.map(({ field }) => field)], key).toContain(key);
  }
});

test('every configuration key is in a table', () => {
  const known = new Set(
    listKeys().flatMap(({ section, key }) => [
      `${section}.${key.toml}`,
      ...(key.aliases ?? []).map((alias) => `${alias.section ?? section}.${alias.toml}`),
    ]),
  );
  const missing = facts<KeyFact>('config-keys.json').filter(
    ({ section, key }) => !known.has(`${section}.${key}`),
  );
  expect(missing.map(({ section, key }) => `${section}.${key}`)).toEqual([]);
});

test('a file with every key at the default of the shipped file loads', () => {
  const facts3x = facts<KeyFact>('config-keys.json').filter(
    ({ line, default: value }) => line === '3.x' && isWritten(value),
  );
  const text = [...Map.groupBy(facts3x, ({ section }) => section)]
    .map(
      ([section, keys]) =>
        `[${section}]\n${keys.map(({ key, default: value }) => `${key} = ${formatTomlValue(value)}\n`).join('')}`,
    )
    .join('\n');
  const upstream = text
    // Texts in the table of facts that stand for "it depends", and the initrd that excludes the image.
    .replace(/^initrd = .*\n/m, '')
    .replace('snp_guest_policy = "196608"', 'snp_guest_policy = 196608');
  const { config, problems } = parseConfiguration(upstream, { file: 'configuration-qemu.toml' });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(config.hypervisor).toMatchObject({
    kernel: '/usr/share/kata-containers/vmlinuz.container',
    image: '/usr/share/kata-containers/kata-containers.img',
    initrd: '',
    kernelParams: [
      { key: 'cgroup_no_v1', value: 'all' },
      { key: 'systemd.unified_cgroup_hierarchy', value: '1' },
    ],
    virtioFsExtraArgs: ['--thread-pool-size=1', '--announce-submounts'],
  });
});

test('defaults of both lines are those of the facts where hako has no reason for another', () => {
  const own = new Map(
    effectiveValues(defaultRuntimeConfig()).map((value) => [`${value.section}.${value.toml}`, value.default]),
  );
  const other = facts<KeyFact>('config-keys.json')
    .filter(({ section, key, default: value }) => {
      const ours = own.get(`${section}.${key}`);
      return (
        isWritten(value) && ours !== undefined && JSON.stringify(ours, plain) !== JSON.stringify(value, plain)
      );
    })
    .map(({ section, key }) => `${section}.${key}`);
  expect(other).toEqual(ownDefaults);
});

/** hako's own files and folders, seccomp in the guest, no guest words for systemd; disks as in 1.x, and in Kata's runtime in Rust. */
const ownDefaults = [
  'hypervisor.qemu.kernel',
  'hypervisor.qemu.image',
  'hypervisor.qemu.initrd',
  'hypervisor.qemu.enable_annotations',
  'hypervisor.qemu.kernel_params',
  'hypervisor.qemu.disable_block_device_use',
  'hypervisor.qemu.virtio_fs_extra_args',
  'hypervisor.qemu.snp_guest_policy',
  'factory.template_path',
  'runtime.disable_guest_seccomp',
];

function isWritten(value: unknown): boolean {
  return !(typeof value === 'string' && /^\(|by flavour/.test(value));
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
