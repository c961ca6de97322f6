export type { CommandRunner } from './command-runner.ts';
export { listInterfaces, type NetworkInterface } from './interfaces.ts';
export { NetworkError, type NetworkErrorCode } from './network-error.ts';
export { type NetworkPlan, planNetwork } from './network-plan.ts';
