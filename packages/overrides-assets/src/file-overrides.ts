import {
  type Codec,
  nonEmpty,
  type Override,
  refused,
  rowsFor,
  type Semantics,
  value,
} from '@hako/annotations';
import { effectOf, type RuntimeConfig } from '@hako/config';

const rows = rowsFor<RuntimeConfig>(effectOf);
const prefix = 'io.katacontainers.config.hypervisor.';
const guestCode = 'chooses code that runs in, or builds, the VM';

/** An absolute path without NUL and without `.` and `..` parts. */
const absolutePath: Codec<string> = {
  name: 'absolute path',
  pattern: '^/',
  read: (text) =>
    text.startsWith('/') && !text.includes('\0') && !/\/\.\.?(?:\/|$)/.test(text)
      ? value(text)
      : refused('must be an absolute path without . and .. parts'),
};

/** 1.x takes any text and looks at it when the VM starts. */
const bothLines = (clears?: 'image' | 'initrd') => {
  const semantics: Semantics<RuntimeConfig, string> =
    clears === undefined
      ? { codec: absolutePath }
      : { codec: absolutePath, clears: { part: 'hypervisor', field: clears, value: '' } };
  return { '1.x': { ...semantics, codec: nonEmpty }, '3.x': semantics };
};

/** Keys that name files. */
export const fileOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(`${prefix}kernel`, 'hypervisor', 'kernel', bothLines(), {
    meaning: 'Guest kernel file for this sandbox.',
    limits: 'absolute path',
    since: '1.x',
    sensitive: guestCode,
  }),
  rows.set(`${prefix}image`, 'hypervisor', 'image', bothLines('initrd'), {
    meaning: 'Guest root file system image; the configured initrd is then not used.',
    limits: 'absolute path; excludes initrd',
    since: '1.x',
    sensitive: guestCode,
  }),
  rows.set(`${prefix}initrd`, 'hypervisor', 'initrd', bothLines('image'), {
    meaning: 'Guest initial RAM disk; the configured image is then not used.',
    limits: 'absolute path; excludes image',
    since: '1.x',
    sensitive: guestCode,
  }),
  rows.set(`${prefix}firmware`, 'hypervisor', 'firmware', bothLines(), {
    meaning: 'Guest firmware file.',
    limits: 'absolute path',
    since: '1.x',
    sensitive: guestCode,
  }),
  rows.set(
    `${prefix}firmware_volume`,
    'hypervisor',
    'firmwareVolume',
    { '3.x': { codec: absolutePath } },
    {
      meaning: 'Second firmware part (variables).',
      limits: 'absolute path',
      since: '2.4.0',
      sensitive: guestCode,
    },
  ),
  rows.set(
    `${prefix}path`,
    'hypervisor',
    'path',
    { '3.x': { codec: absolutePath } },
    {
      meaning: 'Hypervisor program run on the host.',
      limits: 'absolute path',
      since: '1.x',
      sensitive: 'runs a program on the host',
      pathList: 'valid_hypervisor_paths',
    },
  ),
  rows.set(
    `${prefix}jailer_path`,
    'hypervisor',
    'jailerPath',
    { '3.x': { codec: absolutePath } },
    {
      meaning: 'Jailer program (Firecracker).',
      limits: 'absolute path',
      since: '1.x',
      sensitive: 'runs a program on the host',
      pathList: 'valid_jailer_paths',
    },
  ),
  rows.set(
    `${prefix}ctlpath`,
    'hypervisor',
    'ctlpath',
    { '3.x': { codec: absolutePath } },
    {
      meaning: 'Control program of the ACRN hypervisor.',
      limits: 'absolute path',
      since: '1.12/1.13',
      until: '3.9.0',
      sensitive: 'runs a program on the host',
      pathList: 'valid_ctlpaths',
    },
  ),
];
