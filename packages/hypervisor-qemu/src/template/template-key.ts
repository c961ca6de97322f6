import type { TemplateKey, VmConfig } from '@hako/hypervisor';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { guestDirectory, readGuestManifest } from '../guest-manifest.ts';
import { machineKey } from '../machine-key.ts';
import { templateObstacle } from './template-obstacle.ts';

/** Files that a template would be saved to: any, since they are no part of what the machine is. */
const files = { memory: '/template/memory', state: '/template/state' };

/** The key of the machine that would be saved, or why there can be no such one. */
export async function templateKey(vm: VmConfig, accelerator: Accelerator): Promise<TemplateKey> {
  const manifest = await readGuestManifest(guestDirectory(vm.hypervisor));
  const obstacle = templateObstacle(vm, manifest !== undefined);
  if (obstacle !== undefined) return { obstacle };
  return { key: await machineKey({ ...vm, template: { role: 'save', files } }, accelerator) };
}
