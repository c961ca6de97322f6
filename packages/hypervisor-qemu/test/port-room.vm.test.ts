import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HypervisorConfig, KernelParam } from '@hako/config';
import { defineUncheckedCommand, nothing, type QmpCommand } from '@hako/qmp';
import { expect, test } from 'vitest';
import { QemuHypervisor } from '../src/index.ts';
import { eachTestOnStage, probeGuestConfig, type Stage } from './support.ts';

// How much memory of devices a guest's kernel has room for on an empty port, and on a bridge: @hako/sandbox refuses what is more.

const bootTimeoutMs = 120_000;
const mib = 1024 * 1024;
const gib = 1024 * mib;

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

test.each<
  [
    what: string,
    changes: Partial<HypervisorConfig>,
    words: readonly KernelParam[],
    devices: readonly [bus: string, addr: string, sizeMib: number, said: string][],
    deviceMemoryBytes?: number,
  ]
>([
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
    'what is larger than the space that QEMU keeps for all finds no place',
    { hotPlugVfio: 'root-port', pcieRootPort: 1 },
    room('hpmmiosize=2M,hpmmioprefsize=127G'),
    [['rp0', '0', 64 * 1024, 'failed to assign']],
  ],
  [
    'but where the machine is told of it',
    { hotPlugVfio: 'root-port', pcieRootPort: 2 },
    room('hpmmiosize=2M,hpmmioprefsize=127G'),
    [
      ['rp0', '0', 64 * 1024, 'assigned'],
      ['rp1', '0', 64 * 1024, 'assigned'],
    ],
    2 * 127 * gib,
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
])('%s', { timeout: bootTimeoutMs }, async (_what, changes, words, devices, deviceMemoryBytes = 0) => {
  const kernelParams = [...words, { key: 'loglevel', value: '7' }];
  const machine = await hypervisor.launch(
    stage.vm(probeGuestConfig(changes), { kernelParams, deviceMemoryBytes }),
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

test.each([
  ['memory to plug', { memoryOffsetMib: 2 << 20, blockDeviceDriver: 'nvdimm' }, 0],
  ['memory of devices', {}, 1024 * gib],
] as const)(
  'more address space than the processor has is refused in QEMU’s words: %s',
  async (_what, changes, deviceMemoryBytes) => {
    const launched = hypervisor.launch(
      stage.vm(probeGuestConfig(changes), { deviceMemoryBytes }),
      stage.options,
    );
    await expect(launched).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(
        /Address space limit 0xffffffffff < 0x[0-9a-f]+ phys-bits too low \(40\)/,
      ),
    });
  },
);

test('features of the processor give it more', { timeout: bootTimeoutMs }, async () => {
  const config = probeGuestConfig({ cpuFeatures: 'phys-bits=42' });
  const machine = await hypervisor.launch(stage.vm(config, { deviceMemoryBytes: 1024 * gib }), stage.options);
  try {
    expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
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
