import { stringifyJson } from '@hako/oci-spec/json';
import { describeDirectVolume, forgetDirectVolume, liveState } from '@hako/sandbox/state';
import { SandboxService } from '@hako/shim/sandbox-service';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { printGuestText } from '../guest-text.ts';
import { onContainer } from '../on-container.ts';

/** Options of all `direct-volume` commands. */
export interface VolumeOptions {
  /** Where the CSI driver publishes the volume: the source of the containers' bind mounts. */
  readonly volumePath: string;
}

/** Describes a volume that the guest is to mount, as kata-runtime does. */
export async function volumeAdd({
  volumePath,
  mountInfo,
}: VolumeOptions & { readonly mountInfo: string }): Promise<number> {
  describeDirectVolume(absolute(volumePath), mountInfo);
  return 0;
}

/** Containers that have it keep it. */
export async function volumeRemove({ volumePath }: VolumeOptions): Promise<number> {
  forgetDirectVolume(absolute(volumePath));
  return 0;
}

/** Prints what is used and free in it, as CSI's NodeGetVolumeStats has it. */
export async function volumeStats(context: Context, { volumePath }: VolumeOptions): Promise<number> {
  await onContainer(context, userOf(context, absolute(volumePath)), async (shim) => {
    const { usage, volumeCondition: condition } = await shim
      .service(SandboxService)
      .getVolumeStats({ volumeGuestPath: volumePath });
    const volume_condition = { abnormal: condition?.abnormal ?? false, message: condition?.message ?? '' };
    printGuestText(`${stringifyJson({ usage, volume_condition })}\n`);
  });
  return 0;
}

/** Makes its file system larger; its disk must be as large already. */
export async function volumeResize(
  context: Context,
  { volumePath, size }: VolumeOptions & { readonly size: string },
): Promise<number> {
  if (!/^[1-9]\d{0,15}$/.test(size))
    throw new CliError('usage', `--size ${JSON.stringify(size)} must be a number of bytes`, { facts: {} });
  await onContainer(context, userOf(context, absolute(volumePath)), async (shim) => {
    await shim.service(SandboxService).resizeVolume({ volumeGuestPath: volumePath, size: BigInt(size) });
  });
  return 0;
}

function absolute(path: string): string {
  if (path.startsWith('/')) return path;
  throw new CliError('usage', `--volume-path ${JSON.stringify(path)} must be an absolute path`, {
    facts: {},
  });
}

/** A container that lives and has that volume. */
function userOf({ store, host }: Context, volumePath: string): string {
  const user = store
    .list()
    .filter((id) => !['stopped', 'creating'].includes(liveState(store, host, id).status))
    .find((id) => store.readContainerConfig(id).spec.mounts?.some(({ source }) => source === volumePath));
  if (user !== undefined) return user;
  throw new CliError('bad-input', `no running container has the direct volume ${volumePath}`, {
    facts: { path: volumePath },
  });
}
