import { absolutePath, type Int64, int32, list, object, osText, type Shape, uint64 } from '@hako/shape';

/** `vm`: what a container in a virtual machine is run by. OCI runtime specification 1.2, config-vm.md. */
export interface Vm {
  readonly hypervisor?: VmHypervisor;
  readonly kernel: VmKernel;
  readonly image?: VmImage;
  /** Specification 1.3. */
  readonly hwConfig?: VmHardware;
}

export interface VmHypervisor {
  /** Program on the host, absolute. */
  readonly path: string;
  readonly parameters?: readonly string[];
}

export interface VmKernel {
  /** File on the host, absolute. */
  readonly path: string;
  readonly parameters?: readonly string[];
  /** File on the host, absolute. */
  readonly initrd?: string;
}

export interface VmImage {
  /** File on the host, absolute. */
  readonly path: string;
  /** `raw`, `qcow2`, `vdi`, `vmdk` or `vhd`. */
  readonly format: string;
}

export interface VmHardware {
  readonly deviceTree?: string;
  readonly vcpus?: number;
  /** Bytes. */
  readonly memory?: Int64;
  readonly dtdevs?: readonly string[];
}

export const vmShape: Shape<Vm> = object<Vm>(
  {
    hypervisor: object<VmHypervisor>({ path: absolutePath, parameters: list(osText) }, { path: true }),
    kernel: object<VmKernel>(
      { path: absolutePath, parameters: list(osText), initrd: absolutePath },
      { path: true },
    ),
    image: object<VmImage>({ path: absolutePath, format: osText }, { path: true, format: true }),
    hwConfig: object<VmHardware>(
      { deviceTree: osText, vcpus: int32, memory: uint64, dtdevs: list(osText) },
      {},
    ),
  },
  { kernel: true },
);
