import type { Problem } from '@hako/errors';
import { KubeletError, podDevices } from '@hako/kubelet';
import { type CdiName, cdiName } from '@hako/oci-translate/cdi';
import type { AskedNames } from './asked-names.ts';
import { podOf } from './pod-of.ts';

const field = 'runtime.pod_resource_api_sock';

/**
 * The devices that the kubelet gave to the containers of a pod. Their plugins need not be of the Container Device Interface. Throws nothing.
 *
 * @param annotations of the pod's first container, which say whose devices are meant
 */
export async function kubeletNames(
  socket: string,
  annotations: Readonly<Record<string, string>> | undefined,
): Promise<AskedNames> {
  const refused = { severity: 'error', field, value: socket } as const;
  const pod = podOf(annotations);
  if (pod === undefined)
    return {
      names: [],
      problems: [
        {
          ...refused,
          code: 'cdi/unknown-pod',
          rule: 'asks the kubelet for the devices of a pod, and annotations of its first container do not name the pod (io.kubernetes.cri.sandbox-name and -namespace)',
        },
      ],
    };
  try {
    const names: CdiName[] = [];
    const problems: Problem[] = [];
    for (const { container, name } of await podDevices(socket, pod)) {
      const device = cdiName(name, `the kubelet (container ${container})`);
      if ('severity' in device) problems.push({ ...device, severity: 'warning' });
      else names.push({ ...device, mayBeAnother: true });
    }
    return { names, problems };
  } catch (error) {
    if (!(error instanceof KubeletError)) throw error;
    return { names: [], problems: [{ ...refused, code: `cdi/kubelet-${error.code}`, rule: error.message }] };
  }
}
