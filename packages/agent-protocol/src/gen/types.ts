// Generated from proto/types.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

export const IPFamily: {
  readonly v4: 0;
  readonly v6: 1;
} = { v4: 0, v6: 1 };
/** A value of IPFamily, or a number that a newer peer sent. */
export type IPFamily = 0 | 1 | (number & {});

export const FSGroupChangePolicy: {
  readonly Always: 0;
  readonly OnRootMismatch: 1;
} = { Always: 0, OnRootMismatch: 1 };
/** A value of FSGroupChangePolicy, or a number that a newer peer sent. */
export type FSGroupChangePolicy = 0 | 1 | (number & {});

export interface IPAddress {
  family: IPFamily;
  address: string;
  mask: string;
}
export const IPAddress: MessageType<IPAddress> = /* @__PURE__ */ messageType('types.IPAddress', () => [
  [1, 'family', 'int32'],
  [2, 'address', 'string'],
  [3, 'mask', 'string'],
]);

export interface Interface {
  device: string;
  name: string;
  IPAddresses: IPAddress[];
  mtu: bigint;
  hwAddr: string;
  /** since 3.15.0 */
  devicePath: string;
  type: string;
  rawFlags: number;
}
export const Interface: MessageType<Interface> = /* @__PURE__ */ messageType('types.Interface', () => [
  [1, 'device', 'string'],
  [2, 'name', 'string'],
  [3, 'IPAddresses', IPAddress, 'many'],
  [4, 'mtu', 'uint64'],
  [5, 'hwAddr', 'string'],
  [6, 'devicePath', 'string'],
  [7, 'type', 'string'],
  [8, 'rawFlags', 'uint32'],
]);

export interface Route {
  dest: string;
  gateway: string;
  device: string;
  source: string;
  scope: number;
  /** since 2.3.0 */
  family: IPFamily;
  /** since 3.15.0 */
  flags: number;
  /** since 3.17.0 */
  mtu: number;
}
export const Route: MessageType<Route> = /* @__PURE__ */ messageType('types.Route', () => [
  [1, 'dest', 'string'],
  [2, 'gateway', 'string'],
  [3, 'device', 'string'],
  [4, 'source', 'string'],
  [5, 'scope', 'uint32'],
  [6, 'family', 'int32'],
  [7, 'flags', 'uint32'],
  [8, 'mtu', 'uint32'],
]);

export interface ARPNeighbor {
  toIPAddress?: IPAddress | undefined;
  device: string;
  lladdr: string;
  state: number;
  flags: number;
}
export const ARPNeighbor: MessageType<ARPNeighbor> = /* @__PURE__ */ messageType('types.ARPNeighbor', () => [
  [1, 'toIPAddress', IPAddress],
  [2, 'device', 'string'],
  [3, 'lladdr', 'string'],
  [4, 'state', 'int32'],
  [5, 'flags', 'int32'],
]);
