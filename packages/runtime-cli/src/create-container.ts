import { admit } from '@hako/admission';
import type { ContainerConfig, Translation } from '@hako/oci-translate';
import { hostCgroupPath, recordAdmitted } from '@hako/sandbox/state';
import {
  type HostProcess,
  type LaunchedShim,
  launchShim,
  machineCacheOf,
  standInOption,
  type TaskConnection,
} from '@hako/shim/client';
import type { Context } from './context.ts';
import type { GlobalOptions } from './global-options.ts';
import { joinSandbox } from './join-sandbox.ts';
import { notice, warn } from './notice.ts';
import type { OfferedStdio } from './offered-stdio.ts';
import { removeByForce, removeUnmade } from './remove-container.ts';

/** A container that was created, and the connection to its shim. */
export interface CreatedContainer {
  readonly translation: Translation;
  readonly shim: TaskConnection;
}

/** Who stands for the container on the host, and through which streams it speaks. */
export interface StandInOffer extends HostProcess {
  readonly stdio: OfferedStdio;
}

/** How a container is made. */
export interface CreateRequest {
  readonly id: string;
  readonly bundle: string;
  /** Another config.json than the bundle's. */
  readonly specFile?: string | undefined;
  /** Asked once the bundle was found good, before anything is made. It may refuse by throwing. */
  readonly offer: (container: ContainerConfig) => StandInOffer | Promise<StandInOffer>;
  /** Give the process a terminal, whatever config.json says. Default false. */
  readonly terminal?: boolean;
  /** Have the guest's boot measured. Default false. */
  readonly measureGuest?: boolean;
}

/**
 * The one way in which `create` and `run` make a container: check everything, take the id, start the shim or connect to
 * that of the pod's sandbox, ask it to create. Whatever fails, nothing of it stays.
 */
export async function createContainer(
  context: Context,
  { id, bundle, specFile, offer, terminal = false, measureGuest = false }: CreateRequest,
): Promise<CreatedContainer> {
  const { store, timings, options } = context;
  const admitted = await admit({ id, bundle, specFile, choice: options, timings });
  const translation = terminal ? withTerminal(admitted) : admitted;
  const { container } = translation;
  warn(translation.warnings);
  const isMember = container.sandboxId !== id;
  // First, since a container that nobody made is the usual mistake, and nothing is to be undone yet.
  const joined = isMember ? await joinSandbox(context, container.sandboxId) : undefined;
  try {
    const standIn = await offer(container);
    store.reserve(id);
    try {
      recordAdmitted(store, translation);
      const shim: TaskConnection & Partial<LaunchedShim> =
        joined ?? (await launch(context, translation, measureGuest));
      await shim.task.create({
        id,
        bundle: container.bundlePath,
        ...standIn.stdio,
        options: standInOption(standIn),
      });
      shim.keep?.();
      return { translation, shim };
    } catch (error) {
      if (isMember) await removeUnmade(context, id);
      else await removeByForce(context, { sandboxId: id, id });
      throw error;
    }
  } catch (error) {
    joined?.close();
    throw error;
  }
}

/** Starts the shim of a container that is its own sandbox, or a pod's first. */
function launch(
  { store, host, timings, options }: Context,
  translation: Translation,
  measureGuest: boolean,
): Promise<LaunchedShim> {
  return timings.measure('shim start', () =>
    launchShim({
      store,
      host,
      sandboxId: translation.sandbox.id,
      debug: options.debug,
      hostCgroup: cgroupOf(translation, options),
      measureGuest,
      onNotice: notice,
      machineCache: machineCacheOf(translation.sandbox),
    }),
  );
}

/** Where the sandbox's processes live on the host; undefined where the caller wants no cgroup. */
function cgroupOf(
  { container }: Translation,
  { cgroupManager, systemdCgroup }: GlobalOptions,
): string | undefined {
  if (cgroupManager === 'disabled') return undefined;
  const systemd = systemdCgroup || cgroupManager === 'systemd';
  return hostCgroupPath(container.spec.linux?.cgroupsPath, container.id, { systemd });
}

function withTerminal(translation: Translation): Translation {
  const { container } = translation;
  const { spec } = container;
  if (spec.process === undefined) return translation;
  const process = { ...spec.process, terminal: true };
  return { ...translation, container: { ...container, spec: { ...spec, process } } };
}
