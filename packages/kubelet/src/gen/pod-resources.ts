// Generated from proto/pod-resources.proto by the package's generate script. Do not edit.
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';

export interface ListPodResourcesRequest {}
export const ListPodResourcesRequest: MessageType<ListPodResourcesRequest> = /* @__PURE__ */ messageType('v1.ListPodResourcesRequest', () => []);

export interface ListPodResourcesResponse {
  podResources: PodResources[];
}
export const ListPodResourcesResponse: MessageType<ListPodResourcesResponse> = /* @__PURE__ */ messageType('v1.ListPodResourcesResponse', () => [
  [1, 'podResources', PodResources, 'many'],
]);

export interface GetPodResourcesRequest {
  podName: string;
  podNamespace: string;
}
export const GetPodResourcesRequest: MessageType<GetPodResourcesRequest> = /* @__PURE__ */ messageType('v1.GetPodResourcesRequest', () => [
  [1, 'podName', 'string'],
  [2, 'podNamespace', 'string'],
]);

export interface GetPodResourcesResponse {
  podResources?: PodResources | undefined;
}
export const GetPodResourcesResponse: MessageType<GetPodResourcesResponse> = /* @__PURE__ */ messageType('v1.GetPodResourcesResponse', () => [
  [1, 'podResources', PodResources],
]);

export interface PodResources {
  name: string;
  namespace: string;
  containers: ContainerResources[];
}
export const PodResources: MessageType<PodResources> = /* @__PURE__ */ messageType('v1.PodResources', () => [
  [1, 'name', 'string'],
  [2, 'namespace', 'string'],
  [3, 'containers', ContainerResources, 'many'],
]);

export interface ContainerResources {
  name: string;
  devices: ContainerDevices[];
  dynamicResources: DynamicResource[];
}
export const ContainerResources: MessageType<ContainerResources> = /* @__PURE__ */ messageType('v1.ContainerResources', () => [
  [1, 'name', 'string'],
  [2, 'devices', ContainerDevices, 'many'],
  [5, 'dynamicResources', DynamicResource, 'many'],
]);

export interface ContainerDevices {
  resourceName: string;
  deviceIds: string[];
}
export const ContainerDevices: MessageType<ContainerDevices> = /* @__PURE__ */ messageType('v1.ContainerDevices', () => [
  [1, 'resourceName', 'string'],
  [2, 'deviceIds', 'string', 'many'],
]);

export interface DynamicResource {
  claimResources: ClaimResource[];
}
export const DynamicResource: MessageType<DynamicResource> = /* @__PURE__ */ messageType('v1.DynamicResource', () => [
  [4, 'claimResources', ClaimResource, 'many'],
]);

export interface ClaimResource {
  cdiDevices: CDIDevice[];
}
export const ClaimResource: MessageType<ClaimResource> = /* @__PURE__ */ messageType('v1.ClaimResource', () => [
  [1, 'cdiDevices', CDIDevice, 'many'],
]);

export interface CDIDevice {
  name: string;
}
export const CDIDevice: MessageType<CDIDevice> = /* @__PURE__ */ messageType('v1.CDIDevice', () => [
  [1, 'name', 'string'],
]);

export interface PodResourcesLister {
  readonly name: 'v1.PodResourcesLister';
  readonly methods: {
    readonly List: MethodType<ListPodResourcesRequest, ListPodResourcesResponse>;
    readonly Get: MethodType<GetPodResourcesRequest, GetPodResourcesResponse>;
  };
}
export const PodResourcesLister: PodResourcesLister = {
  name: 'v1.PodResourcesLister',
  methods: {
    List: { request: ListPodResourcesRequest, response: ListPodResourcesResponse },
    Get: { request: GetPodResourcesRequest, response: GetPodResourcesResponse },
  },
};
