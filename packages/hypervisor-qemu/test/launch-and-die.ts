// Started by launch.vm.test.ts: launches a VM in `<argument>/vm`, prints QEMU's pid, and waits to be killed.
import { join } from 'node:path';
import { QemuHypervisor } from '../src/index.ts';
import { probeGuestConfig, RecordingLedger } from './support.ts';

const machine = await new QemuHypervisor().launch(
  {
    id: 'orphan',
    runtimeDir: join(process.argv[2] ?? '', 'vm'),
    hypervisor: probeGuestConfig(),
    kernelParams: [],
    shares: [],
  },
  { ledger: new RecordingLedger() },
);
process.stdout.write(`${machine.vmmPid}\n`);
await machine.exited;
