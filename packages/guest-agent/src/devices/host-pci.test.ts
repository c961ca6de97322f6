import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecordingMachine } from '../../test/recording-machine.ts';
import { guestPciDevices, withGuestAddresses } from './host-pci.ts';

const way = '0000:00:08.0/0000:06:00.0';

/** A guest with a device at 08/00. */
class FakeGuest implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), 'host-pci-'));
  readonly machine = new RecordingMachine();

  constructor(links: Readonly<Record<string, string>>) {
    const dir = join(this.root, 'sys/devices/pci0000:00', way);
    for (const folder of [dir, join(this.root, 'sys/bus/pci'), join(this.root, 'dev/vfio')])
      mkdirSync(folder, { recursive: true });
    writeFileSync(join(dir, 'modalias'), 'pci:v00008086d000010D3sv0bc02\n');
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(dir, name));
    writeFileSync(join(this.root, 'dev/vfio/3'), '');
  }

  find(type: 'vfio-pci' | 'vfio-pci-gk', ...options: string[]): ReturnType<typeof guestPciDevices> {
    return guestPciDevices(this.machine, { type, options }, join(this.root, 'sys'), join(this.root, 'dev'));
  }

  read(path: string): string {
    return readFileSync(join(this.root, 'sys', path), 'utf8');
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

const option = '0000:3b:00.0=08/00';
const addresses = new Map([['0000:3b:00.0', '0000:06:00.0']]);

test("a device for the guest's drivers gets the module that is for it", async () => {
  using guest = new FakeGuest({});
  expect(await guest.find('vfio-pci-gk', option)).toEqual({ addresses, file: undefined });
  expect(guest.machine.log).toEqual(['modules pci:v00008086d000010D3sv0bc02']);
  expect(guest.read('bus/pci/drivers_probe')).toBe('0000:06:00.0');
});

test('one that has a driver is left alone', async () => {
  using guest = new FakeGuest({ driver: '/drivers/e1000e' });
  expect(await guest.find('vfio-pci-gk', option)).toEqual({ addresses, file: undefined });
  expect(guest.machine.log).toEqual([]);
});

test('a device for the container has the driver of VFIO, and a file by its group', async () => {
  using guest = new FakeGuest({ driver: '/drivers/vfio-pci', iommu_group: '/groups/3' });
  expect(await guest.find('vfio-pci', option)).toEqual({ addresses, file: join(guest.root, 'dev/vfio/3') });
  expect(guest.machine.log).toEqual(['modules vfio_pci vfio_iommu_type1']);
});

test('one that the driver of VFIO does not take is an error', async () => {
  using guest = new FakeGuest({ iommu_group: '/groups/3' });
  await expect(guest.find('vfio-pci', option)).rejects.toThrow('could not be given the driver vfio-pci');
  expect(guest.read(`devices/pci0000:00/${way}/driver_override`)).toBe('vfio-pci');
  expect(guest.read('bus/pci/drivers_probe')).toBe('0000:06:00.0');
});

test('without an IOMMU, or with a malformed option, it is refused', async () => {
  using guest = new FakeGuest({});
  await expect(guest.find('vfio-pci', option)).rejects.toMatchObject({
    code: 'failed-precondition',
    message: expect.stringContaining('this guest has no IOMMU'),
  });
  await expect(guest.find('vfio-pci', '3b:00.0=08/00')).rejects.toThrow('"3b:00.0=08/00" is no');
  await expect(guest.find('vfio-pci', '0000:3b:00.0')).rejects.toThrow('"" is no path of PCI slots');
  await expect(guest.find('vfio-pci')).rejects.toThrow('no PCI device is named');
});

test('addresses in variables of device plugins are those of the guest', () => {
  const map = new Map([...addresses, ['0000:3b:00.1', '0000:07:00.0']]);
  const env = [
    'PATH=/bin',
    'PCIDEVICE_INTEL_NET=0000:3b:00.0,0000:3b:00.1',
    'PCIDEVICE_INTEL_NET_INFO={"0000:3b:00.1":{"id":"0000:3b:00.1"}}',
    'PCIDEVICE_OTHER=0000:3b:00.0,0000:5e:00.0',
    'PCIDEVICE_OTHER_INFO={"0000:3b:00.0":{}}',
    'NOTE=0000:3b:00.0',
  ];
  expect(withGuestAddresses(env, map)).toEqual([
    'PATH=/bin',
    'PCIDEVICE_INTEL_NET=0000:06:00.0,0000:07:00.0',
    'PCIDEVICE_INTEL_NET_INFO={"0000:07:00.0":{"id":"0000:07:00.0"}}',
    ...env.slice(3),
  ]);
});
