import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import { isQemuError, QemuHypervisor } from '@hako/hypervisor-qemu';

const guest = process.argv[2] ?? '/usr/share/hako';
const runtimeDir = mkdtempSync(join(tmpdir(), 'vm-'));
const { hypervisor: defaults } = defaultRuntimeConfig({
  kernel: join(guest, 'vmlinux'),
  initrd: join(guest, 'probe-initrd.img'),
});

try {
  const machine = await new QemuHypervisor().launch(
    {
      id: 'example',
      runtimeDir,
      hypervisor: { ...defaults, accelerator: 'tcg', sharedFs: 'none', defaultMemoryMib: 256 },
      kernelParams: [],
      shares: [],
    },
    // What is about to be made would go into a journal, for whoever has to clean up after a crash.
    { ledger: { announce: async () => {}, processStarted: async () => {} } },
  );
  await machine.pause();
  console.log(await machine.status());
  await machine.stop();
  console.log((await machine.exited).signal);
} catch (error) {
  if (!isQemuError(error)) throw error;
  console.log(error.code, error.message);
}
rmSync(runtimeDir, { recursive: true });
