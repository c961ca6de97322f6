import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelParam } from '@hako/config';
import { defineUncheckedCommand, nothing, type QmpCommand } from '@hako/qmp';
import { expect, test } from 'vitest';
import { QemuHypervisor } from '../src/index.ts';
import { eachTestOnStage, probeGuestConfig, type Stage } from './support.ts';

// How much memory of devices a guest's kernel has room for on an empty port, and on a bridge: @hako/sandbox refuses what is more.

const bootTimeoutMs = 120_000;
const mib = 1024 * 1024;

/** A device without a driver whose BAR 2 is as large as one likes: prefetchable memory. */
const deviceAdd: QmpCommand<Readonly<Record<string, unknown>>, unknown> = defineUncheckedCommand(
  'device_add',
  nothing,
);

let stage: Stage;
const hypervisor = new QemuHypervisor();
eachTestOnStage((own) => {
  stage = own;
});

const room = (value: string): readonly KernelParam[] => [{ key: 'pci', value }];

test.each([
  [
    'a root port has 2 MiB, at any multiple of 1 MiB',
    { hotPlugVfio: 'root-port', pcieRootPort: 2 },
    [],
    [
      ['rp0', '0', 1, 'assigned'],
      ['rp1', '0', 2, 'failed to assign'],
    ],
  ],
  [
    'with words for its kernel it has more, of which the part before the largest region may be lost',
    { hotPlugVfio: 'root-port', pcieRootPort: 1 },
    room('hpmmiosize=2M,hpmmioprefsize=256M'),
    [['rp0', '0', 256, 'failed to assign']],
  ],
  [
    'and then it is enough',
    { hotPlugVfio: 'root-port', pcieRootPort: 2 },
    room('hpmmiosize=2M,hpmmioprefsize=511M'),
    [
      ['rp0', '0', 256, 'assigned'],
      ['rp1', '0', 256, 'assigned'],
    ],
  ],
  [
    'so are those of a switch',
    { hotPlugVfio: 'switch-port', pcieSwitchPort: 2 },
    room('hpmmiosize=2M,hpmmioprefsize=511M'),
    [
      ['swdp0', '0', 256, 'assigned'],
      ['swdp1', '0', 256, 'assigned'],
    ],
  ],
  [
    'a bridge has 1 MiB for all',
    { hotPlugVfio: 'bridge-port' },
    [],
    [
      ['pci-bridge-0', '4', 0.25, 'assigned'],
      ['pci-bridge-0', '5', 0.5, 'assigned'],
      ['pci-bridge-0', '6', 1, 'failed to assign'],
    ],
  ],
] as const)('%s', { timeout: bootTimeoutMs }, async (_what, changes, words, devices) => {
  const kernelParams = [...words, { key: 'loglevel', value: '7' }];
  const machine = await hypervisor.launch(
    stage.vm(probeGuestConfig(changes), { kernelParams }),
    stage.options,
  );
  try {
    await once(machine.agentChannel, 'data');
    for (const [index, [bus, addr, sizeMib, said]] of devices.entries()) {
      const place = { id: `device${index}`, bus, addr };
      await machine.qmp.execute(deviceAdd, { driver: 'pci-testdev', membar: sizeMib * mib, ...place });
      await expect.poll(() => outcomes()[index], { timeout: 20_000 }).toBe(said);
    }
  } finally {
    await machine.stop();
  }
});

/** What the guest's kernel has said of each BAR 2, in turn. */
function outcomes(): readonly string[] {
  const lines = readFileSync(join(stage.runtimeDir, 'console.log'), 'latin1').split('\n');
  return lines
    .filter((line) => line.includes('BAR 2'))
    .flatMap((line) => /failed to assign|assigned/.exec(line)?.[0] ?? []);
}
