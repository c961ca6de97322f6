import { defaultRuntimeConfig, type RuntimeConfig } from '@hako/config';
import { type Translation, translate } from '@hako/oci-translate';

export interface PlainTranslationOptions {
  readonly bundlePath: string;
  readonly containerId: string;
  /** Members of config.json, beside or in place of those that any container has. */
  readonly spec?: object;
  /** Default: the defaults. */
  readonly config?: RuntimeConfig;
}

/** A container that runs `sh`, with its sandbox. */
export function plainTranslation({
  bundlePath,
  containerId,
  spec,
  config,
}: PlainTranslationOptions): Translation {
  return translate({
    specText: JSON.stringify({
      ociVersion: '1.0.2',
      process: { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: '/' },
      root: { path: 'rootfs' },
      ...spec,
    }),
    bundlePath,
    containerId,
    config: config ?? defaultRuntimeConfig(),
    host: { numCpus: 2 },
  });
}
