import { eitherWay, type KeyTable, noEffect, refused } from '../key.ts';
import {
  bigCountSafe,
  bindMounts,
  flag,
  path,
  type SharedMount,
  sharedMounts,
  textValue,
  word,
  words,
} from '../values.ts';

/** `[runtime]`: the runtime itself. */
export interface RuntimeSettings {
  /** Shim debug logs. Default `false`. */
  readonly enableDebug: boolean;
  /** Shim level. Default `'info'`. */
  readonly logLevel: string;
  /** Runtime kind. Default `'virt_container'`. */
  readonly name: string;
  /** Hypervisor table to use. Default `'qemu'`. */
  readonly hypervisorName: string;
  /** Agent table to use. Default `'kata'`. */
  readonly agentName: string;
  /** Network joining. Default `'tcfilter'`. */
  readonly internetworkingModel: 'tcfilter' | 'macvtap' | 'none' | 'user';
  /** No container seccomp in the guest. Default `false`. */
  readonly disableGuestSeccomp: boolean;
  /** A pod's pause container runs its image; `false`: a program of hako's own. Default `true`. */
  readonly usePauseImage: boolean;
  /** Pin vCPU threads. Default `false`. */
  readonly enableVcpusPinning: boolean;
  /** Label of the container process. Default empty. */
  readonly guestSelinuxLabel: string;
  /** Shim spans. Default `false`. */
  readonly enableTracing: boolean;
  /** Collector; empty = http://localhost:14268/api/traces. Default empty. */
  readonly jaegerEndpoint: string;
  /** Collector user. Default empty. */
  readonly jaegerUser: string;
  /** Collector password. Default empty. */
  readonly jaegerPassword: string;
  /** VMM in host network namespace. Only with internetworking_model none. Default `false`. */
  readonly disableNewNetns: boolean;
  /** All sandbox processes in the pod cgroup. Default `false`. */
  readonly sandboxCgroupOnly: boolean;
  /** Size the VM before boot, no hotplug later. Needs sizing annotations from the CRI, else only the defaults. Default `false`. */
  readonly staticSandboxResourceMgmt: boolean;
  /** Host paths shown to the guest, `/path`, `/path:ro` or `/path:rw` (`parseBindMount`). Default empty. */
  readonly sandboxBindMounts: readonly string[];
  /** How VFIO devices look. Default `'guest-kernel'`. */
  readonly vfioMode: 'vfio' | 'guest-kernel';
  /** emptyDir stays on the host. Default `false`. */
  readonly disableGuestEmptyDir: boolean;
  /** emptyDir handling. Default `'shared-fs'`. */
  readonly emptydirMode: 'shared-fs' | 'block-encrypted' | 'block-plain';
  /** Experimental features. Go: unknown is an error. Default empty. */
  readonly experimental: readonly string[];
  /** Shim profiling. Default `false`. */
  readonly enablePprof: boolean;
  /** Creation limit. Seconds. Default `60`. */
  readonly createContainerTimeoutSec: number;
  /** Directory of directly attachable network files. Default `'/run/kata-containers/dans'`. */
  readonly danConf: string;
  /** Pull images in the guest. Default `false`. */
  readonly experimentalForceGuestPull: boolean;
  /** To recognise secret and config map volumes. Default `'/var/lib/kubelet'`. */
  readonly kubeletRootDir: string;
  /** Kubelet pod resources socket for cold plug. Default empty. */
  readonly podResourceApiSock: string;
  /** Keep leftovers for debugging. Default `false`. */
  readonly keepAbnormal: boolean;
  /** Folders mounted in one container of a pod, shown in another. Default empty. */
  readonly sharedMounts: readonly SharedMount[];
  /** Passthrough stdio. Default `false`. */
  readonly usePassfdIo: boolean;
}

export const runtimeKeys: KeyTable<RuntimeSettings> = {
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Shim debug logs.',
    effect: noEffect('the command line has --debug'),
  },
  logLevel: {
    toml: 'log_level',
    type: textValue,
    default: 'info',
    lines: ['3.x'],
    meaning: 'Shim level.',
    effect: noEffect('the log of a shim has one level; the command line has --debug'),
  },
  name: {
    toml: 'name',
    type: textValue,
    default: 'virt_container',
    lines: ['3.x'],
    meaning: 'Runtime kind.',
    effect: noEffect('there is one kind of runtime, hypervisor and agent'),
  },
  hypervisorName: {
    toml: 'hypervisor_name',
    type: textValue,
    default: 'qemu',
    lines: ['3.x'],
    meaning: 'Hypervisor table to use.',
    effect: noEffect('there is one kind of runtime, hypervisor and agent'),
  },
  agentName: {
    toml: 'agent_name',
    type: textValue,
    default: 'kata',
    lines: ['3.x'],
    meaning: 'Agent table to use.',
    effect: noEffect('there is one kind of runtime, hypervisor and agent'),
  },
  internetworkingModel: {
    toml: 'internetworking_model',
    type: word(['tcfilter', 'macvtap', 'none', 'user']),
    default: 'tcfilter',
    lines: ['1.x', '3.x'],
    meaning: 'Network joining.',
    rule: 'user is hako’s own: user-mode networking by passt, which needs no network namespace and neither root nor CNI; the guest reaches what the host reaches, nothing reaches the guest',
  },
  disableGuestSeccomp: {
    toml: 'disable_guest_seccomp',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'No container seccomp in the guest.',
  },
  usePauseImage: {
    toml: 'use_pause_image',
    type: flag,
    default: true,
    lines: ['hako'],
    meaning:
      "Run the image of a pod's pause container; false: a program of hako's own that only waits stands in for it, with containerd.",
  },
  enableVcpusPinning: {
    toml: 'enable_vcpus_pinning',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning:
      "Bind each vCPU to a CPU of the host while the machine has as many vCPUs as the containers' cpusets name CPUs together.",
    rule: 'with another number the vCPUs run on any of them',
  },
  guestSelinuxLabel: {
    toml: 'guest_selinux_label',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'Label of the container process.',
    effect: refused('the guest image has no SELinux policy'),
  },
  enableTracing: {
    toml: 'enable_tracing',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Shim spans.',
    effect: noEffect('spans are not recorded'),
  },
  jaegerEndpoint: {
    toml: 'jaeger_endpoint',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'Collector; empty = http://localhost:14268/api/traces.',
    effect: noEffect('spans are not recorded'),
  },
  jaegerUser: {
    toml: 'jaeger_user',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'Collector user.',
    effect: noEffect('spans are not recorded'),
  },
  jaegerPassword: {
    toml: 'jaeger_password',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'Collector password.',
    effect: noEffect('spans are not recorded'),
  },
  disableNewNetns: {
    toml: 'disable_new_netns',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'VMM in host network namespace.',
    rule: 'only with internetworking_model none',
  },
  sandboxCgroupOnly: {
    toml: 'sandbox_cgroup_only',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'All sandbox processes in the pod cgroup.',
    effect: eitherWay('all host processes of the sandbox are in its cgroup'),
  },
  staticSandboxResourceMgmt: {
    toml: 'static_sandbox_resource_mgmt',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Size the VM before boot, no hotplug later.',
    rule: 'needs sizing annotations from the CRI, else only the defaults',
  },
  sandboxBindMounts: {
    toml: 'sandbox_bind_mounts',
    type: bindMounts,
    default: [],
    lines: ['3.x'],
    meaning:
      "Folders and files of the host that each machine's guest has at /run/kata-containers/shared/containers/sandbox-mounts/NAME, for hooks and services of the guest, not for containers: read-only, or with :rw writable.",
    rule: 'absolute, must exist; the last parts of the paths, which are the names, must differ',
  },
  vfioMode: {
    toml: 'vfio_mode',
    type: word(['vfio', 'guest-kernel']),
    default: 'guest-kernel',
    lines: ['3.x'],
    meaning:
      "Devices of the host in a container: guest-kernel, the guest's own drivers have them; vfio, the container has their files of VFIO, and the guest an IOMMU for that (enable_iommu).",
  },
  disableGuestEmptyDir: {
    toml: 'disable_guest_empty_dir',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'emptyDir stays on the host.',
    effect: noEffect('emptyDir volumes are shared like any other'),
  },
  emptydirMode: {
    toml: 'emptydir_mode',
    type: word(['shared-fs', 'block-encrypted', 'block-plain']),
    default: 'shared-fs',
    lines: ['3.x'],
    meaning: 'emptyDir handling.',
    effect: noEffect('emptyDir volumes are shared like any other'),
  },
  experimental: {
    toml: 'experimental',
    type: words,
    default: [],
    lines: ['1.x', '3.x'],
    meaning: 'Experimental features.',
    rule: 'Go: unknown is an error',
    effect: noEffect('there are no experimental features in this version'),
  },
  enablePprof: {
    toml: 'enable_pprof',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Shim profiling.',
    effect: noEffect('there is no profiling endpoint'),
  },
  createContainerTimeoutSec: {
    toml: 'create_container_timeout',
    type: bigCountSafe,
    default: 60,
    unit: 's',
    lines: ['3.x'],
    aliases: [{ section: 'agent.kata', toml: 'create_container_timeout' }],
    meaning: 'How long the guest may take to make one container.',
  },
  danConf: {
    toml: 'dan_conf',
    type: path,
    default: '/run/kata-containers/dans',
    lines: ['3.x'],
    meaning: 'Directory of directly attachable network files.',
    effect: noEffect('networks are those of a namespace; directly attached ones are not supported'),
  },
  experimentalForceGuestPull: {
    toml: 'experimental_force_guest_pull',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Pull images in the guest.',
    effect: noEffect('images are pulled by whoever makes the bundle'),
  },
  kubeletRootDir: {
    toml: 'kubelet_root_dir',
    type: path,
    default: '/var/lib/kubelet',
    lines: ['3.x'],
    meaning: 'To recognise secret and config map volumes.',
    effect: noEffect('emptyDir volumes are shared like any other'),
  },
  podResourceApiSock: {
    toml: 'pod_resource_api_sock',
    type: path,
    default: '',
    lines: ['3.x'],
    meaning:
      'Socket of the kubelet that tells which devices a pod was given (PodResources v1): with cold_plug_vfio the machine of a pod starts with those that files of CDI describe. Empty, or no socket: annotations cdi.k8s.io/… name them.',
  },
  keepAbnormal: {
    toml: 'keep_abnormal',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Keep leftovers for debugging.',
    effect: noEffect('leftovers are always removed'),
  },
  sharedMounts: {
    toml: 'shared_mounts',
    type: sharedMounts,
    default: [],
    lines: ['3.x'],
    meaning:
      'Folders that one container of a pod has mounted at src_path, shown in another at dst_path; src_ctr and dst_ctr are names of the pod’s containers, as Kubernetes has them.',
    rule: 'paths are absolute, of letters, digits, -, _ and .; the other container waits up to 10 s for the mount when it is created, and without src_ctr has nothing there',
  },
  usePassfdIo: {
    toml: 'use_passfd_io',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Passthrough stdio.',
    effect: noEffect('the agent is reached over virtio-serial'),
  },
};
