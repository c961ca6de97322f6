import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { VmConfig } from '@hako/hypervisor';
import type { Accelerator } from './accelerator/accelerator.ts';
import { currentBootId, probeKey } from './accelerator/probe-store.ts';
import { qemuCommandLine } from './command-line.ts';
import { chooseFirmware } from './firmware.ts';
import { guestDirectory, readGuestManifest } from './guest-manifest.ts';

/** What stands for a machine's own name and folders, so that two machines that differ in nothing else have one line. */
const anyMachine = { id: 'template', runtimeDir: '/template', shareRoot: '/template/share' };

const keyDigits = 32;

/**
 * The command line with which `vm` would be started, without devices of its own, is what its machine is; the files that it names are
 * known by their identity, and the processor by the boot of the host.
 */
export async function machineKey(vm: VmConfig, accelerator: Accelerator): Promise<string> {
  const { hypervisor } = vm;
  const guestFolder = guestDirectory(hypervisor);
  const { id, runtimeDir, shareRoot } = anyMachine;
  const { devices: _own, logDir: _logs, ...rest } = vm;
  const plain: VmConfig = {
    ...rest,
    id,
    runtimeDir,
    shares: vm.shares.map((share) => ({ ...share, hostPath: shareRoot })),
  };
  const [manifest, line, firmware, bootId] = await Promise.all([
    readGuestManifest(guestFolder),
    qemuCommandLine(plain, accelerator),
    chooseFirmware(hypervisor),
    currentBootId(),
  ]);
  const stage1 = manifest === undefined ? [] : [join(guestFolder, manifest.boot.initrd)];
  const named = [hypervisor.path, hypervisor.kernel, hypervisor.image, hypervisor.initrd, firmware ?? ''];
  const identities = await probeKey([...named.filter((path) => path !== ''), ...stage1]);
  // A share that is plugged later is not on the line, and decides which of the guest's modules are loaded.
  const transports = vm.shares.map(({ transport }) => transport);
  const text = JSON.stringify([bootId, accelerator, identities, transports, line.program, line.arguments]);
  return createHash('sha256').update(text).digest('hex').slice(0, keyDigits);
}
