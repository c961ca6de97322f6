import { bool, type Override, oneOf, text, uint } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { prefix, rows } from './rows.ts';
import {
  bindMounts,
  experimentalSemantics,
  networkModelSemantics,
  runtimeName,
  sharedMounts,
} from './runtime-values.ts';

/** Keys under `io.katacontainers.config.runtime.`. */
export const runtimeOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(
    `${prefix}disable_guest_seccomp`,
    'runtime',
    'disableGuestSeccomp',
    { codec: bool },
    {
      meaning: 'Do not apply the container seccomp profile in the guest.',
      since: '1.x',
      sensitive: "takes the system call filter from the container's processes",
    },
  ),
  rows.set(
    `${prefix}sandbox_cgroup_only`,
    'runtime',
    'sandboxCgroupOnly',
    { codec: bool },
    {
      meaning: 'Keep all host processes of the sandbox in the pod cgroup.',
      since: '1.x',
      sensitive: 'lets the overhead escape the cgroup of the pod',
    },
  ),
  rows.set(`${prefix}experimental`, 'runtime', 'experimental', experimentalSemantics, {
    meaning: 'Experimental features.',
    limits: 'names separated by spaces (3.x: or commas); an unknown name is an error',
    since: '1.x',
    sensitive: 'turns on code that is not finished',
  }),
  rows.set(`${prefix}internetworking_model`, 'runtime', 'internetworkingModel', networkModelSemantics, {
    meaning: 'How the pod interface is joined to the VM.',
    limits: 'one of tcfilter, macvtap, none, default (tcfilter)',
    since: '1.x',
    sensitive: 'changes how the host joins the pod to its network',
  }),
  rows.set(
    `${prefix}disable_new_netns`,
    'runtime',
    'disableNewNetns',
    { codec: bool },
    {
      meaning: 'Run VMM in the host network namespace.',
      limits: 'only with internetworking_model none',
      since: '1.x',
      sensitive: 'puts the tap into the host network',
    },
  ),
  rows.set(
    `${prefix}vfio_mode`,
    'runtime',
    'vfioMode',
    { '3.x': { codec: oneOf(['vfio', 'guest-kernel']) } },
    {
      meaning: 'How VFIO devices look in the container.',
      limits: 'one of vfio, guest-kernel',
      since: '2.3.0',
      sensitive: 'changes how host devices are handed over',
    },
  ),
  rows.set(
    `${prefix}enable_pprof`,
    'runtime',
    'enablePprof',
    { '3.x': { codec: bool } },
    {
      meaning: 'Profiling endpoint of the shim.',
      since: '2.0.0',
      sensitive: 'opens a debug endpoint',
    },
  ),
  rows.set(
    `${prefix}create_container_timeout`,
    'runtime',
    'createContainerTimeoutSec',
    { '3.x': { codec: uint({ max: 4_294_967 }) } },
    {
      meaning: 'How long the guest may take to make one container.',
      unit: 's',
      since: '3.4.0',
    },
  ),
  rows.set(
    `${prefix}experimental_force_guest_pull`,
    'runtime',
    'experimentalForceGuestPull',
    { '3.x': { codec: bool } },
    {
      meaning: 'Pull images inside the guest.',
      since: '3.18.0',
      sensitive: 'makes the guest fetch images by itself',
    },
  ),
  rows.set(
    `${prefix}guest_selinux_label`,
    'runtime',
    'guestSelinuxLabel',
    { '3.x': { codec: text } },
    {
      meaning: 'SELinux type for the container process in the guest.',
      since: '3.1.0',
    },
  ),
  rows.set(
    `${prefix}enable_vcpus_pinning`,
    'runtime',
    'enableVcpusPinning',
    { '3.x': { codec: bool } },
    {
      meaning: 'Same, Rust key.',
      since: '3.30.0',
      sensitive: 'binds threads to host CPUs',
      aliases: ['io.katacontainers.enable_vcpus_pinning'],
    },
  ),
  rows.set(
    `${prefix}name`,
    'runtime',
    'name',
    { '3.x': { codec: runtimeName } },
    {
      meaning: 'Kind of runtime (Rust).',
      limits: 'one of virt_container, linux_container, wasm_container',
      since: '3.0.0',
    },
  ),
  rows.set(
    `${prefix}hypervisor_name`,
    'runtime',
    'hypervisorName',
    { '3.x': { codec: oneOf(['qemu']) } },
    {
      meaning: 'Choose a hypervisor table (Rust).',
      limits: 'qemu',
      since: '3.0.0',
      sensitive: 'picks another hypervisor',
    },
  ),
  rows.set(
    `${prefix}agent_name`,
    'runtime',
    'agentName',
    { '3.x': { codec: oneOf(['kata']) } },
    {
      meaning: 'Choose an agent table (Rust).',
      limits: 'kata',
      since: '3.0.0',
    },
  ),
  rows.set(
    `${prefix}disable_guest_empty_dir`,
    'runtime',
    'disableGuestEmptyDir',
    { '3.x': { codec: bool } },
    {
      meaning: 'Keep emptyDir on the host.',
      since: '3.23.0',
      until: '3.32.0',
    },
  ),
  rows.set(
    `${prefix}shared_mounts`,
    'runtime',
    'sharedMounts',
    { '3.x': { codec: sharedMounts } },
    {
      meaning: 'Mount points shared between containers of the pod (Rust).',
      limits: 'JSON must parse; each entry is validated',
      since: '3.3.0',
      sensitive: 'shows files of one container to another',
    },
  ),
  rows.set(
    `${prefix}sandbox_bind_mounts`,
    'runtime',
    'sandboxBindMounts',
    { '3.x': { codec: bindMounts } },
    {
      meaning: 'Host paths that the guest sees (Rust).',
      limits: 'absolute paths that exist; their last parts must differ',
      since: '3.2.0',
      sensitive: 'a pod can name any host path, also read-write',
    },
  ),
];
