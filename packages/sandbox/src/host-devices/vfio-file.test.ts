import { expect, test } from 'vitest';
import { FakePciHost } from '../testing/fake-pci.ts';
import { vfioFile } from './vfio-file.ts';

const gpu = '0000:3b:00.0';
const sound = '0000:3b:00.1';

test('a group stands for all its devices but bridges, with the room that they need', () => {
  using host = new FakePciHost(
    {
      '0000:3a:00.0': { group: 12, pciClass: '0x060400', driver: 'pcieport' },
      [sound]: { group: 12, driver: 'mlx5_vfio_pci' },
      [gpu]: {
        group: 12,
        resource: [
          '0x00000000fb000000 0x00000000fbffffff 0x0000000000040200',
          '0x0000383fe0000000 0x0000383fefffffff 0x000000000014220c',
          '0x0000000000000000 0x0000000000000000 0x0000000000000000',
          '0x0000383ff0000000 0x0000383ff1ffffff 0x000000000014220c',
          '0x0000000000000000 0x0000000000000000 0x0000000000000000',
          '0x000000000000e000 0x000000000000e07f 0x0000000000040101',
          '0x00000000fc000000 0x00000000fc07ffff 0x0000000000046200',
        ],
      },
      '0000:00:1f.0': { group: 3, driver: 'ahci' },
    },
    { '240:7': '12' },
  );
  expect(vfioFile(240, 7, 'linux.devices[0]', host.root)).toEqual({
    name: '12',
    iommufd: false,
    devices: [
      { address: gpu, plainBytes: 0x01f0_0000, prefetchableBytes: 0x21f0_0000 },
      { address: sound, plainBytes: 0, prefetchableBytes: 0 },
    ],
  });
});

test("a device's own file stands for that device", () => {
  using host = new FakePciHost(
    { [gpu]: { group: 12 }, [sound]: { group: 12 } },
    { '511:0': { name: 'vfio0', address: sound } },
  );
  expect(vfioFile(511, 0, 'x', host.root)).toEqual({
    name: 'vfio0',
    iommufd: true,
    devices: [{ address: sound, plainBytes: 0, prefetchableBytes: 0 }],
  });
});

test.each<[string, number, RegExp]>([
  ['is not there', 1, /^f: the host has no character device 240:1$/],
  ['is another device', 2, /^f: 240:2 is on the host no group of an IOMMU and no VFIO device$/],
  [
    'has another driver',
    3,
    /^f: \/dev\/vfio\/13: 0000:3b:00.0 has the driver nvidia on the host; bind it to vfio-pci$/,
  ],
  ['has no driver', 4, /^f: \/dev\/vfio\/14: 0000:3b:00.1 has the driver \(none\) on the host/],
  ['is mediated', 5, /^f: \/dev\/vfio\/15: 83b8f4f2-509f-382f-3c1e-e6bfe0fa1001 is no PCI device/],
  ['has bridges only', 6, /^f: group 16 of the IOMMU has no device/],
  ['has no group any more', 7, /^f: the host has no group 17 of its IOMMU$/],
])('one that %s is refused', (_what, minor, message) => {
  using host = new FakePciHost(
    {
      [gpu]: { group: 13, driver: 'nvidia' },
      [sound]: { group: 14, driver: '' },
      '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001': { group: 15 },
      '0000:3a:00.0': { group: 16, pciClass: '0x060000' },
    },
    { '240:2': 'vfio', '240:3': '13', '240:4': '14', '240:5': '15', '240:6': '16', '240:7': '17' },
  );
  expect(() => vfioFile(240, minor, 'f', host.root)).toThrow(message);
});
