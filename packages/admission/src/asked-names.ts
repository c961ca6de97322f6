import { statSync } from 'node:fs';
import type { Problem } from '@hako/errors';
import { type CdiName, cdiNames } from '@hako/oci-translate/cdi';
import type { Made } from './named-devices.ts';

/** Names of devices that are to be looked up. */
export interface AskedNames {
  readonly names: readonly CdiName[];
  /** What is wrong with others. */
  readonly problems: readonly Problem[];
}

/**
 * Who decides with which devices the machine starts, as with Kata: of a pod the kubelet, where the configuration names its socket and that
 * is there, else annotations. Throws nothing.
 *
 * @param specFile name of config.json in problems
 * @param askKubelet false: it is only said that it would be asked
 */
export async function askedNames(
  { sandbox, container }: Made,
  specFile: string,
  askKubelet: boolean,
): Promise<AskedNames> {
  const annotations = container.spec.annotations ?? {};
  const socket = sandbox.runtime.podResourceApiSock;
  const named = cdiNames(annotations, specFile);
  if (container.type !== 'pod_sandbox' || socket === '') return named;
  const say = (code: string, rule: string): Problem => {
    const field = 'runtime.pod_resource_api_sock';
    return { severity: 'warning', code: `cdi/${code}`, field, value: socket, rule };
  };
  if (!isSocket(socket)) {
    const missing = say('no-socket', 'is no socket: annotations cdi.k8s.io/… name the devices of the pod');
    return { ...named, problems: [...named.problems, missing] };
  }
  const overruled =
    named.names.length === 0
      ? []
      : [say('overruled', 'names the devices of the pod: annotations cdi.k8s.io/… are not read')];
  if (!askKubelet) {
    const later = say('asked-later', 'is asked for the devices of the pod when it is made');
    return { names: [], problems: [later, ...overruled] };
  }
  const { kubeletNames } = await import('./kubelet-names.ts');
  const given = await kubeletNames(socket, annotations);
  return { ...given, problems: [...given.problems, ...overruled] };
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}
