import type { Problem } from '@hako/errors';
import type { Spec, State } from '@hako/oci-spec';
import { bundlePathKey } from './container-type.ts';

/** Version of the OCI runtime specification that `state` claims. */
export const stateOciVersion = '1.0.2';

/** The runtime's own word for a container that is not started is `ready`; undefined for words it does not have. */
export function ociStatus(state: string): State['status'] | undefined {
  switch (state) {
    case 'ready':
      return 'created';
    case 'running':
    case 'stopped':
    case 'paused':
      return state;
    default:
      return undefined;
  }
}

/** What the runtime knows about a container, as far as `state` shows it. */
export interface ContainerStatus {
  readonly id: string;
  /** `ready`, `running`, `stopped` or `paused`. */
  readonly state: string;
  /** Process id on the host; 0 for none. */
  readonly pid: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The OCI state of a container; its status is undefined if the runtime's word is unknown. */
export function ociState(
  { id, state, pid, annotations = {} }: ContainerStatus,
  ociVersion: string = stateOciVersion,
): Omit<State, 'status'> & { readonly status: State['status'] | undefined } {
  return {
    ociVersion,
    id,
    status: ociStatus(state),
    ...(pid === 0 ? {} : { pid }),
    bundle: annotations[bundlePathKey] ?? '',
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** The spec a container was made from, or a problem if it was not kept. */
export function ociSpec({ spec }: { readonly spec?: Spec }): Spec | Problem {
  return spec ?? { severity: 'error', code: 'translate/missing-section', field: 'spec', rule: 'is required' };
}
