import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { PciSlots } from './pci-slots.ts';

const { hypervisor } = defaultRuntimeConfig();

function slots(changes: Partial<HypervisorConfig>): PciSlots {
  return new PciSlots({ ...hypervisor, ...changes });
}

test.each<[Partial<HypervisorConfig>, string[]]>([
  [{ hotPlugVfio: 'root-port', pcieRootPort: 2 }, ['08/00', '09/00']],
  // Root ports for devices come first, then that of the switch, whose upstream port is in slot 0.
  [{ hotPlugVfio: 'switch-port', pcieRootPort: 2, pcieSwitchPort: 2 }, ['0a/00/00/00', '0a/00/01/00']],
  [{ hotPlugVfio: 'bridge-port', pcieRootPort: 2 }, ['02/01', '02/02']],
  [{ pcieRootPort: 2 }, ['02/01', '02/02']],
])('the guest finds devices of the host by their way from the root bus: %j', (changes, paths) => {
  const places = slots(changes);
  expect(['a', 'b'].map((id) => places.take(id, 'port').guestPciPath)).toEqual(paths);
});

test('a port is taken by one device, and free when that is gone; others never get one', () => {
  const places = slots({ hotPlugVfio: 'root-port', pcieRootPort: 1 });
  expect(places.take('gpu', 'port').bus).toBe('rp0');
  expect(() => places.take('more', 'port')).toThrow('raise pcie_root_port');
  expect(places.of('more')).toBeUndefined();
  expect(places.take('card').bus).toBe('pci-bridge-0');
  places.release('gpu');
  expect(places.take('more', 'port')).toEqual({ bus: 'rp0', slot: 0, guestPciPath: '08/00' });
});
