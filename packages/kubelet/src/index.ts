export { KubeletError, type KubeletErrorCode, type KubeletErrorFacts } from './kubelet-error.ts';
export { type PodDevice, type PodDevicesOptions, type PodName, podDevices } from './pod-devices.ts';
