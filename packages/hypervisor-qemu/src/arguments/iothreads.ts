import type { HypervisorConfig } from '@hako/config';
import { option } from './option.ts';

/** Ids of the threads that serve disks: one with `enable_iothreads`, and as many as `indep_iothreads` says. */
export function iothreadIds({
  enableIothreads,
  indepIothreads,
}: Pick<HypervisorConfig, 'enableIothreads' | 'indepIothreads'>): readonly string[] {
  const count = Math.max(indepIothreads, enableIothreads ? 1 : 0);
  return Array.from({ length: count }, (_, index) => `iothread${index}`);
}

export function iothreadArguments(hypervisor: HypervisorConfig): string[] {
  return iothreadIds(hypervisor).flatMap((id) => ['-object', option('iothread', { id })]);
}
