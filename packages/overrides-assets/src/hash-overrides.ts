import { type Codec, type Override, oneOf, refused, rowsFor, text, value } from '@hako/annotations';
import { noEffect } from '@hako/config';
import type { AssetHashes, WithAssetHashes } from './asset-hashes.ts';

const rows = rowsFor<WithAssetHashes>();
const prefix = 'io.katacontainers.config.hypervisor.';

/** SHA-512 as 128 hexadecimal digits; kept in lower case. */
const sha512: Codec<string> = {
  name: 'SHA-512 in hexadecimal',
  pattern: '^[0-9A-Fa-f]{128}$',
  read: (digest) =>
    /^[\da-f]{128}$/i.test(digest) ? value(digest.toLowerCase()) : refused('must be 128 hexadecimal digits'),
};

interface HashRow {
  readonly name: string;
  readonly field: keyof AssetHashes;
  readonly of: string;
  readonly since: string;
  readonly until?: string;
  readonly in1x: boolean;
  readonly aliases?: readonly string[];
}

const hashes: readonly HashRow[] = [
  { name: 'kernel_hash', field: 'kernel', of: 'kernel', since: '1.x', in1x: true },
  { name: 'image_hash', field: 'image', of: 'image', since: '1.x', in1x: true },
  { name: 'initrd_hash', field: 'initrd', of: 'initrd', since: '1.x', in1x: true },
  { name: 'firmware_hash', field: 'firmware', of: 'firmware', since: '1.x', in1x: true },
  {
    name: 'firmware_volume_hash',
    field: 'firmwareVolume',
    of: 'firmware_volume',
    since: '2.4.0',
    in1x: false,
  },
  {
    name: 'hypervisor_hash',
    field: 'hypervisor',
    of: 'path',
    since: '1.x',
    in1x: false,
    aliases: [`${prefix}path_hash`],
  },
  { name: 'jailer_hash', field: 'jailer', of: 'jailer_path', since: '1.x', in1x: false },
  {
    name: 'hypervisorctl_hash',
    field: 'hypervisorControl',
    of: 'ctlpath',
    since: '1.12/1.13',
    until: '3.9.0',
    in1x: false,
  },
];

/** Programs of other hypervisors, which are not run. */
const forOthers: ReadonlySet<keyof AssetHashes> = new Set(['jailer', 'hypervisorControl']);

/** Keys that name hashes of files. */
export const hashOverrides: readonly Override<WithAssetHashes>[] = [
  ...hashes.map(({ name, field, of, since, until, in1x, aliases }) =>
    rows.set(
      `${prefix}${name}`,
      'assetHashes',
      field,
      in1x ? { '1.x': { codec: text }, '3.x': { codec: sha512 } } : { '3.x': { codec: sha512 } },
      {
        meaning: `SHA-512 that the file named by ${of} must have.`,
        limits: '128 hexadecimal digits',
        ...(forOthers.has(field) ? { effect: noEffect('is for other hypervisors') } : {}),
        since,
        ...(until === undefined ? {} : { until }),
        ...(aliases === undefined ? {} : { aliases }),
      },
    ),
  ),
  rows.accept(
    'io.katacontainers.asset_hash_type',
    { '1.x': { codec: text }, '3.x': { codec: oneOf(['sha512']) } },
    {
      meaning: 'Kind of the hashes.',
      limits: 'sha512',
      since: '1.x',
      aliases: [`${prefix}asset_hash_type`],
    },
  ),
];
