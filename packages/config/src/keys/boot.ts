import type { KernelParam } from '../kernel-words.ts';
import { eitherWay, type KeyTable } from '../key.ts';
import {
  flag,
  kernelWords,
  type MachineType,
  machineTypes,
  path,
  textValue,
  word,
  words,
} from '../values.ts';

/** `[hypervisor.qemu]`: what the VM boots and how its machine looks. */
export interface BootConfig {
  /** QEMU program. Must resolve; symlinks are followed. Default `'/usr/bin/qemu-system-x86_64'`. */
  readonly path: string;
  /** Guest kernel. Must exist. Default `'/usr/share/hako/kernel'`. */
  readonly kernel: string;
  /** Guest root image. Image or initrd, not both; not empty; warning when not smaller than VM memory. Default empty. */
  readonly image: string;
  /** Guest initrd. Error when not smaller than VM memory. Default `'/usr/share/hako/initrd.img'`. */
  readonly initrd: string;
  /** File system of the image. Default `'ext4'`. */
  readonly rootfsType: 'ext4' | 'xfs' | 'erofs';
  /** Emulated machine. Default `'q35'`. */
  readonly machineType: MachineType;
  /** How guest code runs: kvm in the CPU, tcg translated by QEMU; auto takes kvm if a probe has booted this host's kernel under it. Default `'auto'`. */
  readonly accelerator: 'auto' | 'kvm' | 'tcg';
  /** Extra guest kernel words; later ones win. Default empty. */
  readonly kernelParams: readonly KernelParam[];
  /** dm-verity description of the root. Default empty. */
  readonly kernelVerityParams: string;
  /** Firmware; empty = QEMU default. Default empty. */
  readonly firmware: string;
  /** Second firmware part. Default empty. */
  readonly firmwareVolume: string;
  /** Comma list after the machine options. Default empty. */
  readonly machineAccelerators: string;
  /** Feature list after the CPU model. Default `'pmu=off'`. */
  readonly cpuFeatures: string;
  /** Images for -pflash. Default empty. */
  readonly pflashes: readonly string[];
  /** Image as a disk, not NVDIMM. NVDIMM impossible with confidential_guest. Default `false`. */
  readonly disableImageNvdimm: boolean;
  /** Bus of the guest root image. Default empty. */
  readonly vmRootfsDriver: string;
  /** ttyS0 console. Default `false`. */
  readonly useLegacySerial: boolean;
  /** vsock to the agent; no proxy. Default `false`. */
  readonly useVsock: boolean;
  /** Drop-in hook directory with prestart, poststart, poststop below it. Default empty. */
  readonly guestHookPath: string;
  /** Skip adaptations for running inside a VM. Default `false`. */
  readonly disableNestingChecks: boolean;
}

export const bootKeys: KeyTable<BootConfig> = {
  path: {
    toml: 'path',
    type: path,
    default: '/usr/bin/qemu-system-x86_64',
    lines: ['1.x', '3.x'],
    meaning: 'QEMU program.',
    rule: 'must resolve; symlinks are followed',
  },
  kernel: {
    toml: 'kernel',
    type: path,
    default: '/usr/share/hako/kernel',
    lines: ['1.x', '3.x'],
    meaning: 'Guest kernel.',
    rule: 'must exist',
  },
  image: {
    toml: 'image',
    type: path,
    default: '',
    lines: ['1.x', '3.x'],
    meaning: 'Guest root image.',
    rule: 'image or initrd, not both; not empty; warning when not smaller than VM memory',
  },
  initrd: {
    toml: 'initrd',
    type: path,
    default: '/usr/share/hako/initrd.img',
    lines: ['1.x', '3.x'],
    meaning: 'Guest initrd.',
    rule: 'error when not smaller than VM memory',
  },
  rootfsType: {
    toml: 'rootfs_type',
    type: word(['ext4', 'xfs', 'erofs']),
    default: 'ext4',
    lines: ['3.x'],
    meaning: 'File system of the image.',
  },
  machineType: {
    toml: 'machine_type',
    type: word(machineTypes),
    default: 'q35',
    default1x: 'pc',
    lines: ['1.x', '3.x'],
    meaning: 'Emulated machine.',
  },
  accelerator: {
    toml: 'accelerator',
    type: word(['auto', 'kvm', 'tcg']),
    default: 'auto',
    lines: ['hako'],
    meaning:
      "How guest code runs: kvm in the CPU, tcg translated by QEMU; auto takes kvm if a probe has booted this host's kernel under it.",
  },
  kernelParams: {
    toml: 'kernel_params',
    type: kernelWords,
    default: [],
    lines: ['1.x', '3.x'],
    meaning: 'Extra guest kernel words; later ones win.',
  },
  kernelVerityParams: {
    toml: 'kernel_verity_params',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'dm-verity description of the root.',
  },
  firmware: {
    toml: 'firmware',
    type: path,
    default: '',
    lines: ['1.x', '3.x'],
    meaning: 'Firmware; empty = QEMU default.',
  },
  firmwareVolume: {
    toml: 'firmware_volume',
    type: path,
    default: '',
    lines: ['3.x'],
    meaning: 'Second firmware part.',
  },
  machineAccelerators: {
    toml: 'machine_accelerators',
    type: textValue,
    default: '',
    lines: ['1.x', '3.x'],
    meaning: 'Comma list after the machine options.',
  },
  cpuFeatures: {
    toml: 'cpu_features',
    type: textValue,
    default: 'pmu=off',
    lines: ['1.x', '3.x'],
    meaning: 'Feature list after the CPU model.',
  },
  pflashes: {
    toml: 'pflashes',
    type: words,
    default: [],
    lines: ['3.x'],
    meaning: 'Images for -pflash.',
  },
  disableImageNvdimm: {
    toml: 'disable_image_nvdimm',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Image as a disk, not NVDIMM.',
    rule: 'NVDIMM impossible with confidential_guest',
  },
  vmRootfsDriver: {
    toml: 'vm_rootfs_driver',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'Bus of the guest root image: virtio-blk, or nvdimm.',
    rule: "empty: hako's own guest boots from a disk, another from an NVDIMM",
  },
  useLegacySerial: {
    toml: 'use_legacy_serial',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'ttyS0 console.',
    effect: eitherWay('the console is always a serial one'),
  },
  useVsock: {
    toml: 'use_vsock',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'The agent is reached by vsock, at an address that no other machine has.',
    rule: 'needs /dev/vhost-vsock; false: virtio-serial, which every host has. Keeps a machine from being a template, or a copy of one',
  },
  guestHookPath: {
    toml: 'guest_hook_path',
    type: path,
    default: '',
    lines: ['1.x', '3.x'],
    meaning: 'Drop-in hook directory with prestart, poststart, poststop below it.',
  },
  disableNestingChecks: {
    toml: 'disable_nesting_checks',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Skip adaptations for running inside a VM.',
    effect: eitherWay('there is nothing to adapt when running nested'),
  },
};
