import { formatProblem } from '@hako/errors';
import type { Translation } from '@hako/oci-translate';
import { type ContainerState, sandboxError } from '@hako/sandbox/state';
import { type LaunchedShim, launchShim, standInOption } from '@hako/shim/client';
import { admit, notice, warn } from './admit.ts';
import type { Context } from './context.ts';
import type { OfferedStdio } from './offered-stdio.ts';
import { removeByForce } from './remove-container.ts';
import { unsupported } from './unsupported.ts';

/** A container that was created, and the connection to its shim. */
export interface CreatedContainer {
  readonly translation: Translation;
  readonly shim: LaunchedShim;
}

/** Who stands for the container on the host, and through which streams it speaks. */
export interface StandInOffer {
  readonly pid: number;
  readonly stdio: OfferedStdio;
}

/**
 * The one way in which `create` and `run` make a container: check everything, take the id, start the shim, ask it to
 * create. Whatever fails, nothing of it stays.
 *
 * @param offer is asked for while the shim starts
 * @param measureGuest has the guest's boot measured
 */
export async function createContainer(
  context: Context,
  id: string,
  bundle: string,
  offer: () => Promise<StandInOffer>,
  measureGuest = false,
): Promise<CreatedContainer> {
  const { store, host, timings, options } = context;
  const translation = await admit(id, bundle, options, timings);
  warn(translation.warnings);
  const refusal = unsupported(translation.sandbox, translation.container);
  if (refusal !== undefined) throw sandboxError('unsupported', formatProblem(refusal), { id });
  store.reserve(id);
  try {
    store.writeSandboxConfig(translation.sandbox);
    store.writeContainerConfig(translation.container);
    store.writeContainerState(creating(translation));
    const [shim, standIn] = await Promise.all([
      timings.measure('shim start', () =>
        launchShim({
          store,
          host,
          sandboxId: translation.sandbox.id,
          debug: options.debug,
          measureGuest,
          onNotice: notice,
        }),
      ),
      offer(),
    ]);
    await shim.task.create({
      id,
      bundle: translation.container.bundlePath,
      ...standIn.stdio,
      options: standInOption(standIn.pid),
    });
    shim.keep();
    return { translation, shim };
  } catch (error) {
    await removeByForce(context, translation.sandbox.id);
    throw error;
  }
}

function creating({ sandbox, container }: Translation): ContainerState {
  return {
    id: container.id,
    sandboxId: sandbox.id,
    status: 'creating',
    pid: 0,
    pidStartTime: 0,
    createdAt: new Date().toISOString(),
  };
}
