export {
  type Endpoint,
  type EndpointAddress,
  type EndpointKind,
  type EndpointNeighbour,
  type EndpointRoute,
  endpointKinds,
  type NamespaceScan,
} from './endpoint.ts';
export { type GuestView, guestView } from './guest-view.ts';
export { type JoinedEndpoint, joinEndpoint } from './join-endpoint.ts';
export type { JoinOptions } from './join-options.ts';
export { linuxNamespace } from './linux-namespace.ts';
export { type DeviceMove, type HostNetwork, type MoveBack, moveDevices } from './move-devices.ts';
export type { Namespace, NamespaceWatch } from './namespace.ts';
export {
  NamespaceNetwork,
  type NamespaceNetworkOptions,
  type NetworkFollower,
} from './namespace-network.ts';
export { NetworkError, type NetworkErrorCode, type NetworkErrorFacts } from './network-error.ts';
export { scanNamespace } from './scan.ts';
export { undoNetwork } from './undo-network.ts';
export { UserNetwork, type UserNetworkOptions } from './user-network.ts';
