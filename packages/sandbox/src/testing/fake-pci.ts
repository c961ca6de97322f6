import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakePci {
  /** Group of the IOMMU. */
  readonly group: number;
  /** Default `0x030000`. */
  readonly pciClass?: string;
  /** Default `vfio-pci`; empty for none. */
  readonly driver?: string;
  /** Lines of `resource`. Default: none. */
  readonly resource?: readonly string[];
}

/** A host's /sys with PCI devices, by their addresses, and files of VFIO, by their numbers: groups `12`, or `vfio0` of a device. */
export class FakePciHost implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), 'hako-pci-'));

  constructor(
    devices: Readonly<Record<string, FakePci>>,
    files: Readonly<Record<string, string | { readonly name: string; readonly address: string }>>,
  ) {
    for (const [address, device] of Object.entries(devices)) this.#device(address, device);
    for (const [numbers, file] of Object.entries(files)) {
      const folder = this.#folder('sys/dev/char', numbers);
      const name = typeof file === 'string' ? file : `devices/${file.name}`;
      writeFileSync(join(folder, 'uevent'), `MAJOR=${numbers.split(':')[0]}\nDEVNAME=vfio/${name}\n`);
      if (typeof file !== 'string') symlinkSync(`../../../${file.address}`, join(folder, 'device'));
    }
  }

  #device(
    address: string,
    { group, pciClass = '0x030000', driver = 'vfio-pci', resource = [] }: FakePci,
  ): void {
    const folder = this.#folder('sys/bus/pci/devices', address);
    writeFileSync(join(folder, 'class'), `${pciClass}\n`);
    writeFileSync(join(folder, 'resource'), resource.map((line) => `${line}\n`).join(''));
    if (driver !== '') symlinkSync(`../../../../bus/pci/drivers/${driver}`, join(folder, 'driver'));
    this.#folder('sys/kernel/iommu_groups', String(group), 'devices', address);
  }

  #folder(...parts: readonly string[]): string {
    const folder = join(this.root, ...parts);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}
