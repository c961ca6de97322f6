import { nonEmpty, type Override, rowsFor, text } from '@hako/annotations';
import { noEffect, type RuntimeConfig } from '@hako/config';

const rows = rowsFor<RuntimeConfig>();

/** Keys about the bundle and its root file system: they set nothing in the configuration. */
export const bundleOverrides: readonly Override<RuntimeConfig>[] = [
  rows.accept(
    'io.katacontainers.config_path',
    { codec: nonEmpty },
    {
      meaning: 'Configuration file to use for this sandbox; whoever loads the configuration reads it.',
      since: '1.x',
      until: '3.32.0',
      sensitive: 'a pod would choose any configuration file of the host, so all other gates fall',
    },
  ),
  rows.accept(
    'io.katacontainers.pkg.oci.bundle_path',
    { codec: text },
    { meaning: 'Set by the runtime itself: bundle directory.', since: '1.x', internal: true },
  ),
  rows.accept(
    'io.katacontainers.pkg.oci.container_type',
    { codec: text },
    {
      meaning: 'Set by the runtime itself: kind of container.',
      limits: 'pod_sandbox, pod_container or single_container',
      since: '1.x',
      internal: true,
    },
  ),
  rows.accept(
    'io.katacontainers.fs-opt.layer=',
    { '3.x': { codec: text } },
    {
      meaning: 'Option of the root file system mount that carries a layer (base64 JSON).',
      since: '3.3.0',
      effect: noEffect('it is a mount option, which counts in mounts only'),
    },
  ),
  rows.accept(
    'io.katacontainers.fs-opt.is-layer',
    { '3.x': { codec: text } },
    {
      meaning: 'Option that marks a mount as an overlay layer.',
      since: '3.3.0',
      effect: noEffect('it is a mount option, which counts in mounts only'),
    },
  ),
  rows.accept(
    'io.katacontainers.fs-opt.block_device=file',
    { '3.x': { codec: text } },
    {
      meaning: 'Option that says the layer is on a file backed block device.',
      since: '3.3.0',
      effect: noEffect('it is a mount option, which counts in mounts only'),
    },
  ),
  rows.accept(
    'sgx.intel.com/epc',
    {
      '3.x': {
        codec: {
          name: 'bytes with a binary unit',
          pattern: '^[0-9]+[KMGTPE]i$',
          read: (quantity) =>
            /^\d+[KMGTPE]i$/.test(quantity)
              ? { kind: 'value', value: quantity }
              : {
                  kind: 'refused',
                  reason: 'bad-value',
                  rule: 'must be a whole number with a unit Ki, Mi, Gi, Ti, Pi or Ei',
                },
        },
      },
    },
    {
      meaning: 'Size of the SGX enclave page cache of the VM.',
      unit: 'bytes',
      limits: 'a whole number with a unit Ki, Mi, Gi, Ti, Pi or Ei',
      since: '2.1.0',
      effect: noEffect('SGX is not supported'),
    },
  ),
];
