import { isAbsolute } from 'node:path';
import { type Any, RuntimeOptions } from '@hako/task-protocol';
import { ShimError } from '../shim-error.ts';

/** Of containerd 1.4 and older. */
const OLD_TYPE = 'cri.runtimeoptions.v1.Options';
/** Options of runc's shim. They come with flags that are runc's, and say nothing to others. */
const RUNC_TYPES = /^containerd\.(?:runc\.|linux\.runc\.)/;

/**
 * The configuration that a caller's runtime options name: `config_path` of runtimeoptions.v1.Options, which is what
 * `ctr --runtime-config-path` and `ConfigPath` of a CRI runtime send. A `config_body` is not read, as with Kata: containerd
 * puts the whole options section there where it has no ConfigPath.
 *
 * @throws ShimError `bad-request` for a type of somebody else, and for a relative path
 */
export function configurationOf(options: Any | undefined): { readonly config?: string } {
  if (options === undefined || options.typeUrl === '') return {};
  const name = options.typeUrl.slice(options.typeUrl.lastIndexOf('/') + 1);
  if (RUNC_TYPES.test(name)) return {};
  if (name !== RuntimeOptions.typeName && name !== OLD_TYPE) {
    throw badRequest(
      `runtime options of type ${JSON.stringify(options.typeUrl)} are not understood: they must be ${RuntimeOptions.typeName}, whose config_path names a configuration.toml`,
    );
  }
  const { configPath } = decode(options);
  if (configPath === '') return {};
  if (!isAbsolute(configPath)) {
    throw badRequest(
      `config_path ${JSON.stringify(configPath)} of the runtime options must be an absolute path`,
    );
  }
  return { config: configPath };
}

function decode({ value }: Any): RuntimeOptions {
  try {
    return RuntimeOptions.decode(value);
  } catch (cause) {
    throw badRequest(`runtime options are no ${RuntimeOptions.typeName}`, cause);
  }
}

function badRequest(message: string, cause?: unknown): ShimError {
  return new ShimError('bad-request', message, cause === undefined ? { facts: {} } : { facts: {}, cause });
}
