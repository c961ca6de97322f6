import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TemplateKey, VmConfig } from '@hako/hypervisor';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { currentBootId, probeKey } from '../accelerator/probe-store.ts';
import { qemuCommandLine } from '../command-line.ts';
import { chooseFirmware } from '../firmware.ts';
import { guestDirectory, readGuestManifest } from '../guest-manifest.ts';
import { templateObstacle } from './template-obstacle.ts';

/** What stands for a machine's own name and folders, so that two machines that differ in nothing else have one line. */
const anyMachine = {
  id: 'template',
  runtimeDir: '/template',
  shareRoot: '/template/share',
  files: { memory: '/template/memory', state: '/template/state' },
};

const keyDigits = 32;

/**
 * The command line with which the template of `vm` would be started is what its machine is; the files that it names are known by
 * their identity, and the processor by the boot of the host.
 */
export async function templateKey(vm: VmConfig, accelerator: Accelerator): Promise<TemplateKey> {
  const { hypervisor } = vm;
  const guestFolder = guestDirectory(hypervisor);
  const manifest = await readGuestManifest(guestFolder);
  const obstacle = templateObstacle(vm, manifest !== undefined);
  if (obstacle !== undefined) return { obstacle };
  const { id, runtimeDir, shareRoot, files } = anyMachine;
  const { devices: _own, logDir: _logs, ...rest } = vm;
  const saved: VmConfig = {
    ...rest,
    id,
    runtimeDir,
    shares: vm.shares.map((share) => ({ ...share, hostPath: shareRoot })),
    template: { role: 'save', files },
  };
  const [line, firmware, bootId] = await Promise.all([
    qemuCommandLine(saved, accelerator),
    chooseFirmware(hypervisor),
    currentBootId(),
  ]);
  const stage1 = manifest === undefined ? [] : [join(guestFolder, manifest.boot.initrd)];
  const named = [hypervisor.path, hypervisor.kernel, hypervisor.image, hypervisor.initrd, firmware ?? ''];
  const identities = await probeKey([...named.filter((path) => path !== ''), ...stage1]);
  // A share that is plugged later is not on the line, and decides which of the guest's modules are loaded.
  const transports = vm.shares.map(({ transport }) => transport);
  const text = JSON.stringify([bootId, accelerator, identities, transports, line.program, line.arguments]);
  return { key: createHash('sha256').update(text).digest('hex').slice(0, keyDigits) };
}
