import type { AgentClient } from '@hako/agent-client';
import { specToProto } from '@hako/agent-protocol';
import type { SandboxConfig } from '@hako/oci-translate';
import type { GuestStorage } from '../guest-storage.ts';
import { shareStorage } from '../share-storage.ts';
import { type ClockReading, clockProblem } from './clock-problem.ts';

const id = 'template';
const rootfs = '/run/kata-containers/template';
const TIMEOUT_SEC = 60;

/** The guest's own files are the container's: a template has no share with anybody. */
const guestRoot: GuestStorage = {
  driver: 'bind',
  source: '/',
  fstype: 'bind',
  options: ['ro'],
  mountPoint: rootfs,
};

const spec = {
  ociVersion: '1.0.2',
  process: {
    user: { uid: 0, gid: 0 },
    args: ['/bin/busybox', 'cat', '/proc/uptime'],
    env: ['PATH=/usr/bin:/bin'],
    cwd: '/',
    capabilities: { bounding: ['CAP_KILL'], effective: ['CAP_KILL'], permitted: ['CAP_KILL'] },
    noNewPrivileges: true,
  },
  root: { path: rootfs, readonly: true },
  hostname: 'template',
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec'] },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
    // The guest's root has its programs there.
    { destination: '/image', type: 'bind', source: '/image', options: ['bind', 'ro'] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] },
  ],
  linux: {
    namespaces: ['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
    resources: {},
    cgroupsPath: `/hako/${id}`,
    maskedPaths: ['/proc/kcore'],
    readonlyPaths: ['/proc/sys'],
  },
} as const;

/**
 * Has the guest do what every container asks of it, and undo it, so that its copies find the code loaded and, where it is emulated,
 * translated: the share's file system, a container from its making to its removal. It does so twice, and tells the time each time:
 * a kernel that counted wrongly while it booted, on a host that is busy, would hand that on to every copy.
 *
 * @throws AgentError; Error when the guest's clock does not go as the host's does
 */
export async function warmGuest(agent: AgentClient, { hypervisor }: SandboxConfig): Promise<void> {
  const { sharedFs, msize9pBytes } = hypervisor;
  // A share by virtio-fs comes with the copy; 9p is in the template. Asked for a module, the guest mounts its image.
  const shareModule = sharedFs === 'virtio-fs' ? 'virtiofs' : '9pnet_virtio';
  await agent.createSandbox({ sandboxId: id, kernelModules: [{ name: shareModule, parameters: [] }] });
  const shares = sharedFs === 'virtio-9p' ? [shareStorage('virtio-9p', msize9pBytes)] : [];
  const first = await runContainer(agent, shares);
  const second = await runContainer(agent, shares);
  const why = clockProblem(first, second);
  if (why !== undefined) throw new Error(why);
}

async function runContainer(agent: AgentClient, shares: readonly GuestStorage[]): Promise<ClockReading> {
  const process = { containerId: id, execId: id };
  const earliestMs = performance.now();
  await agent.createContainer({
    ...process,
    storages: [...shares, guestRoot],
    OCI: specToProto(spec),
  });
  await agent.startContainer({ containerId: id });
  const [stdout] = await Promise.all([
    textOf(agent.processStdout(id, id)),
    textOf(agent.processStderr(id, id)),
  ]);
  const latestMs = performance.now();
  const { status } = await agent.waitProcess(process, { timeoutMs: TIMEOUT_SEC * 1000 });
  if (status !== 0) throw new Error(`the template's container ended with status ${status}`);
  await agent.removeContainer({ containerId: id, timeout: TIMEOUT_SEC });
  return { earliestMs, latestMs, guestMs: Number.parseFloat(stdout) * 1000 };
}

const MOST_BYTES = 1000;

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of stream)
    if (text.length < MOST_BYTES) text += Buffer.from(piece).toString('latin1');
  return text;
}
