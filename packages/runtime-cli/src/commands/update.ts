import type { LinuxResources } from '@hako/oci-spec';
import { taskResources } from '@hako/shim/client';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { notice } from '../notice.ts';
import { onContainer } from '../on-container.ts';
import { MAX_JSON_BYTES, readJsonFile } from '../read-json-file.ts';
import { type ResourceOptions, resourcesOfOptions } from '../resource-options.ts';

/** Arguments of `update`. */
export interface UpdateOptions extends ResourceOptions {
  /** File with `linux.resources` as JSON, or `-` for stdin; the other members are ignored then. */
  readonly resources?: string;
  /** Options without meaning here; given alone they change nothing, and that is no error. */
  readonly blkioWeight?: string;
  readonly kernelMemory?: string;
  readonly kernelMemoryTcp?: string;
  readonly l3CacheSchema?: string;
  readonly memBwSchema?: string;
}

/** Changes the limits of a container that has not stopped. */
export async function update(context: Context, id: string, options: UpdateOptions): Promise<number> {
  const resources =
    options.resources === undefined ? resourcesOfOptions(options) : await readResources(options.resources);
  if (resources.blockIO !== undefined) {
    notice('warning: limits of block devices have no meaning in a VM and are left out');
  }
  if (Object.keys(resources).length === 0) {
    if (Object.keys(options).length > 0) return 0;
    throw new CliError('usage', 'nothing to change: give --resources or single limits', { facts: {} });
  }
  await onContainer(context, id, ({ task }) => task.update({ id, resources: taskResources(resources) }));
  return 0;
}

async function readResources(path: string): Promise<LinuxResources> {
  const name = path === '-' ? 'stdin' : path;
  const bytes = readJsonFile(path, 'the resources of');
  const { parseResources } = await import('@hako/oci-spec');
  return parseResources(bytes, { file: name, maxLength: MAX_JSON_BYTES });
}
