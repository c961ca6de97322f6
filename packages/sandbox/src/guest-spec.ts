import {
  CAPABILITIES,
  type Capabilities,
  type Hooks,
  type LinuxCpu,
  type LinuxMemory,
  type LinuxResources,
  type Spec,
} from '@hako/oci-spec';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { isCdiAnnotation } from '@hako/oci-translate/cdi-annotation';
import { parseKernelList } from '@hako/posix';
import { withoutHostDisks } from './all-devices.ts';
import { guestCgroupMounts } from './guest-cgroup-mounts.ts';
import { guestMountOptions } from './guest-mount-options.ts';
import { guestNamespaces } from './guest-namespaces.ts';
import { withoutVfioFiles } from './host-devices/plan-host-devices.ts';
import { hostOverlay } from './host-overlay.ts';
import { isBind } from './mount-kind.ts';
import type { SharedContainer, SharedMount } from './share.ts';

/**
 * The container's specification as the guest must see it. What names things of the host is replaced by the guest's
 * counterpart, or left out because it is done on the host:
 *
 * - root and bind mount sources point into the share, or to what the guest has in their place; a bound /dev/shm that is
 *   nobody else's becomes a tmpfs;
 * - an overlay is made on the host, and bound; mounts of cgroup v1 are those of v2 (see guestCgroupMounts);
 * - hooks run on the host, but for createContainer and startContainer, which are crun's in the guest: their programs
 *   are looked up there, in the VM's root file system and in the container's;
 * - namespaces are the guest's (see guestNamespaces);
 * - SELinux and AppArmor labels are of the host's policy; Intel RDT, block device numbers and device cgroups' host
 *   paths have no meaning in the VM;
 * - annotations `cdi.k8s.io/…` name devices of the host: Kata's agent would wait for files in the guest that describe them;
 * - files of VFIO are left out where the guest's own drivers have the devices (see withoutVfioFiles);
 * - a cpuset that the guest cannot have is left out (see guestResources);
 * - the cgroup path is one below the guest's root.
 */
export function guestSpec(
  container: ContainerConfig,
  sandbox: SandboxConfig,
  shared: Pick<SharedContainer, 'rootfs' | 'mounts'>,
): Spec {
  const { hooks, annotations, ...spec } = container.spec;
  const linux = spec.linux;
  return {
    ...spec,
    ...(hooks === undefined ? {} : { hooks: guestHooks(hooks) }),
    ...(annotations === undefined ? {} : { annotations: guestAnnotations(annotations) }),
    root: { path: shared.rootfs, readonly: container.rootfs.readonly },
    mounts: [
      ...missingDev(container),
      ...guestCgroupMounts(guestMounts(spec.mounts ?? [], sandbox, shared.mounts)),
    ],
    ...(spec.process === undefined ? {} : { process: guestProcess(spec.process) }),
    ...(linux === undefined
      ? {}
      : {
          linux: guestLinux(
            withoutVfioFiles(linux, sandbox.runtime.vfioMode, container.devices),
            container,
            sandbox,
          ),
        }),
  };
}

type Mounts = NonNullable<Spec['mounts']>;
type Process = NonNullable<Spec['process']>;
type Linux = NonNullable<Spec['linux']>;

function guestAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !isCdiAnnotation(key)));
}

function guestHooks({ createContainer, startContainer }: Hooks): Hooks {
  return {
    ...(createContainer === undefined ? {} : { createContainer }),
    ...(startContainer === undefined ? {} : { startContainer }),
  };
}

/**
 * The process as the guest runs it: no label of the host's policy, and no capability that Linux does not have, which
 * config.md ("Linux Process") wants warned of and crun refuses.
 */
export function guestProcess(process: Process): Process {
  const { apparmorProfile: _apparmor, selinuxLabel: _selinux, capabilities, ...rest } = process;
  if (capabilities === undefined) return rest;
  const known = Object.entries(capabilities).map(([set, names]: readonly [string, readonly string[]]) => [
    set,
    names.filter((name) => CAPABILITIES.includes(name)),
  ]);
  return { ...rest, capabilities: Object.fromEntries(known) as Capabilities };
}

/**
 * Where config.json mounts nothing on /dev, the default devices are made in the root file system. A read-only one is
 * read-only on the host before the guest sees it, so they get a place of their own.
 */
function missingDev({ rootfs, spec }: ContainerConfig): Mounts {
  if (!rootfs.readonly || (spec.mounts ?? []).some(({ destination }) => destination === '/dev')) return [];
  return [
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755'] },
  ];
}

function guestMounts(mounts: Mounts, sandbox: SandboxConfig, shared: readonly SharedMount[]): Mounts {
  const sources = new Map(shared.map((mount) => [mount.index, mount.guestSource]));
  return mounts.map((asked, index) => {
    const overlay = hostOverlay(asked);
    if (overlay !== undefined) {
      const options = ['rbind', ...guestMountOptions(overlay.options)];
      return { ...asked, type: 'bind', source: sources.get(index) ?? '', options };
    }
    const mount =
      asked.options === undefined ? asked : { ...asked, options: guestMountOptions(asked.options) };
    const source = sources.get(index);
    if (source !== undefined) return { ...mount, source };
    if (mount.destination === '/dev/shm' && isBind(mount)) {
      const size = sandbox.shmSizeBytes > 0 ? [`size=${sandbox.shmSizeBytes}`] : [];
      return {
        destination: '/dev/shm',
        type: 'tmpfs',
        source: 'shm',
        options: ['nosuid', 'noexec', 'nodev', 'mode=1777', ...size],
      };
    }
    return mount;
  });
}

function guestLinux(linux: Linux, container: ContainerConfig, sandbox: SandboxConfig): Linux {
  const { intelRdt: _rdt, mountLabel: _label, seccomp, ...rest } = linux;
  return {
    // Without a word crun makes all mounts private in the end, whatever each of them says.
    rootfsPropagation: 'private',
    ...rest,
    ...(linux.devices === undefined ? {} : { devices: withoutHostDisks(linux.devices, linux) }),
    ...(seccomp === undefined || sandbox.runtime.disableGuestSeccomp ? {} : { seccomp }),
    namespaces: guestNamespaces(container).namespaces,
    cgroupsPath: `/hako/${container.id}`,
    ...(linux.resources === undefined
      ? {}
      : { resources: guestResources(linux.resources, cpusOfGuest(sandbox)) }),
  };
}

/**
 * Limits for the guest: block devices are the host's, so their weights and rates have no meaning there. So are CPUs and memory
 * nodes: numbers that the guest cannot have are left out, and would be refused by its kernel.
 *
 * @param guestCpus CPUs that the guest can have, see cpusOfGuest
 */
export function guestResources(resources: LinuxResources, guestCpus: number): LinuxResources {
  const { blockIO: _blockIo, memory, cpu: { burst, ...cpu } = {}, unified, ...rest } = resources;
  // crun 1.8 does not know it; it writes what is in `unified` as it is.
  const all = burst === undefined ? unified : { 'cpu.max.burst': String(burst), ...unified };
  return {
    ...rest,
    ...(all === undefined ? {} : { unified: all }),
    ...(memory === undefined ? {} : { memory: guestMemory(memory) }),
    ...(resources.cpu === undefined ? {} : { cpu: guestCpu(cpu, guestCpus) }),
  };
}

/** CPUs of the guest that a container's cpuset can name; none where the host binds vCPUs by it. */
export function cpusOfGuest({ hypervisor, runtime }: Pick<SandboxConfig, 'hypervisor' | 'runtime'>): number {
  return runtime.enableVcpusPinning
    ? 0
    : Math.max(hypervisor.defaultMaxVcpus, Math.ceil(hypervisor.defaultVcpus));
}

function guestCpu({ cpus, mems, ...cpu }: LinuxCpu, guestCpus: number): LinuxCpu {
  const isBelow = (list: string | undefined, end: number): boolean =>
    list !== undefined && (parseKernelList(list) ?? []).every((number) => number < end);
  return {
    ...cpu,
    ...(isBelow(cpus, guestCpus) ? { cpus } : {}),
    ...(isBelow(mems, guestCpus > 0 ? 1 : 0) ? { mems } : {}),
  };
}

/**
 * Kernel memory is counted with the rest in cgroup v2; "no limit" for it is what is the case, but crun refuses it. A swappiness is the wish
 * for swap of the guest (see SandboxSize); no group of cgroup v2 has one of its own, so that crun would refuse it. One of 0, which
 * asks that nothing be swapped, is left to its words.
 */
function guestMemory({ kernel, kernelTCP, swappiness, ...memory }: LinuxMemory): LinuxMemory {
  return {
    ...memory,
    ...(swappiness === undefined || swappiness > 0 ? {} : { swappiness }),
    ...(kernel === undefined || kernel < 0 ? {} : { kernel }),
    ...(kernelTCP === undefined || kernelTCP < 0 ? {} : { kernelTCP }),
  };
}
