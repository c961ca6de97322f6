import { Client, credentials, status } from '@grpc/grpc-js';
import { type PodResources, PodResourcesLister } from './gen/pod-resources.ts';
import { KubeletError, type KubeletErrorCode } from './kubelet-error.ts';
import { statusOf, unaryCall } from './unary-call.ts';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** A device that a container was given. */
export interface PodDevice {
  /** The container's name in the pod. */
  readonly container: string;
  /** As the Container Device Interface names devices: `RESOURCE=ID` of a device plugin's, a DRA driver's own words. */
  readonly name: string;
}

export interface PodDevicesOptions {
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

/** Longest answer. List tells of all pods of the node. */
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * The devices that the kubelet gave to the containers of a pod, as PodResources of version 1 tells: those of device plugins and those of
 * DRA's claims. A kubelet whose Get is switched off (before Kubernetes 1.34 by default) is asked by List.
 *
 * @param socket absolute path, by default /var/lib/kubelet/pod-resources/kubelet.sock
 * @throws KubeletError
 */
export async function podDevices(
  socket: string,
  pod: PodName,
  { timeoutMs = 10_000 }: PodDevicesOptions = {},
): Promise<readonly PodDevice[]> {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': maxAnswerBytes,
  });
  const failed = (code: KubeletErrorCode, what: string, cause?: unknown): KubeletError =>
    new KubeletError(code, `the kubelet at ${socket} ${what}`, {
      facts: { socket, pod: `${pod.namespace}/${pod.name}` },
      cause,
    });
  try {
    const resources = await resourcesOf(client, pod, Date.now() + timeoutMs);
    if (resources === undefined)
      throw failed('unknown-pod', `has no pod ${pod.name} in namespace ${pod.namespace}`);
    return devicesOf(resources);
  } catch (error) {
    if (error instanceof KubeletError) throw error;
    const details = error instanceof Error ? error.message : String(error);
    switch (statusOf(error)) {
      case status.UNAVAILABLE:
        throw failed('unreachable', `does not answer: ${details}`, error);
      case status.DEADLINE_EXCEEDED:
        throw failed('timeout', `gave no answer within ${timeoutMs} ms`, error);
      default:
        throw failed('failed', `does not tell the devices of pods: ${details}`, error);
    }
  } finally {
    client.close();
  }
}

const { name: service, methods } = PodResourcesLister;
const get = { ...methods.Get, path: `/${service}/Get` };
const list = { ...methods.List, path: `/${service}/List` };

/** Undefined for a pod that the kubelet does not have. */
async function resourcesOf(
  client: Client,
  pod: PodName,
  deadlineMs: number,
): Promise<PodResources | undefined> {
  try {
    const request = { podName: pod.name, podNamespace: pod.namespace };
    return (await unaryCall(client, get, request, deadlineMs)).podResources;
  } catch (error) {
    if (!isNotGiven(error)) throw error;
    const { podResources } = await unaryCall(client, list, {}, deadlineMs);
    return podResources.find(({ name, namespace }) => name === pod.name && namespace === pod.namespace);
  }
}

/** The kubelet has no code of gRPC for a Get that is switched off, nor for a pod that it does not know. */
function isNotGiven(error: unknown): boolean {
  const code = statusOf(error);
  return code === status.UNKNOWN || code === status.UNIMPLEMENTED || code === status.NOT_FOUND;
}

/** Each once, in the kubelet's order: of a device on two NUMA nodes it tells twice. */
function devicesOf({ containers }: PodResources): readonly PodDevice[] {
  return containers.flatMap(({ name: container, devices, dynamicResources }) => {
    const names = [
      ...devices.flatMap(({ resourceName, deviceIds }) => deviceIds.map((id) => `${resourceName}=${id}`)),
      ...dynamicResources.flatMap(({ claimResources }) =>
        claimResources.flatMap(({ cdiDevices }) => cdiDevices.map(({ name }) => name)),
      ),
    ];
    return [...new Set(names)].map((name) => ({ container, name }));
  });
}
