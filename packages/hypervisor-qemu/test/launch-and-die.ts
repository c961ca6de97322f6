// Started by launch.vm.test.ts: launches a VM in `<first argument>/vm`, `rootless` if the second says so, prints QEMU's pid, and waits to be killed.
import { join } from 'node:path';
import { QemuHypervisor } from '../src/index.ts';
import { probeGuestConfig, RecordingLedger } from './support.ts';

const machine = await new QemuHypervisor().launch(
  {
    id: 'orphan',
    runtimeDir: join(process.argv[2] ?? '', 'vm'),
    hypervisor: probeGuestConfig({ rootless: process.argv[3] === 'rootless' }),
    kernelParams: [],
    shares: [],
  },
  { ledger: new RecordingLedger() },
);
process.stdout.write(`${machine.vmmPid}\n`);
await machine.exited;
