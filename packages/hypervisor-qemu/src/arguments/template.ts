import type { VmConfig, VmDevice } from '@hako/hypervisor';
import { ownMemoryFile, ownsMemory } from '../template/own-memory.ts';

/**
 * Where the memory of a machine that has to do with a template is. What a copy writes must not reach the template: its mapping of
 * that file is private, or the file is its own.
 */
export function templateMemory(
  vm: Pick<VmConfig, 'template' | 'shares' | 'hypervisor' | 'runtimeDir'>,
): { readonly path: string; readonly shared: boolean } | undefined {
  const { template, runtimeDir } = vm;
  if (template === undefined) return undefined;
  if (template.role === 'save') return { path: template.files.memory, shared: true };
  return ownsMemory(vm)
    ? { path: ownMemoryFile(runtimeDir), shared: true }
    : { path: template.files.memory, shared: false };
}

/** Devices that are on the command line; a copy gets them once it runs, since its template had none. */
export function devicesAtStart({ devices, template }: VmConfig): readonly VmDevice[] {
  return template === undefined ? (devices ?? []) : [];
}
