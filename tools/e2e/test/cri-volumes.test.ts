import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeBusyboxRootfs } from '@hako/bundles';
import { ContainerdCri, CriPod, namespaceMode } from '@hako/cri';
import { posixHost } from '@hako/sandbox/state';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFileProgram } from '../src/compile-file-program.ts';
import { criStates, roleOf } from '../src/cri-shim.ts';
import { hakoPath } from '../src/paths.ts';
import { until } from '../src/until.ts';

// Volumes are laid out as kubelet lays them out, since that is what tells them apart.
let folder: string;
let volumes: string;
let cri: ContainerdCri;
let pod: CriPod;

const mount = (hostPath: string, containerPath: string, readonly = false) => ({
  hostPath,
  containerPath,
  readonly,
});
const sh = (script: string): readonly string[] => ['sh', '-c', script];
const wait = sh('exec sleep 100000');
/** As `hostNetwork: true` and `hostPID: true` of a pod's manifest. */
const ofNode = { network: namespaceMode.node, pid: namespaceMode.node };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cri-'));
  volumes = join(folder, 'pod/volumes');
  mkdirSync(volumes, { recursive: true });
  cri = new ContainerdCri({ folder: join(folder, 'c'), binFolder: dirname(hakoPath) });
  const rootfs = makeBusyboxRootfs(join(folder, 'rootfs'));
  await compileFileProgram(rootfs);
  await cri.startWithImages(rootfs);
  const linux = {
    securityContext: { namespaceOptions: ofNode, privileged: true },
  };
  pod = await CriPod.run(cri, 'volumes', 'hako', { linux });
});
afterAll(async () => {
  await cri.close();
  const host = posixHost();
  for (const target of host.mountsBelow(folder)) host.unmountAll(target);
  rmSync(folder, { recursive: true });
});

test('emptyDir on disk and in memory, with the group of the pod, and parts of both by subPath', async () => {
  const disk = join(volumes, 'kubernetes.io~empty-dir/disk');
  const memory = join(volumes, 'kubernetes.io~empty-dir/memory');
  for (const place of [disk, memory]) mkdirSync(place, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', memory]);
  // fsGroup: kubelet gives the folder to the group, and the container has it as a supplemental one.
  const fsGroup = 3000;
  for (const place of [disk, memory]) {
    chownSync(place, 0, fsGroup);
    chmodSync(place, 0o2775);
  }
  const parts = ['disk', 'memory'].map((name) => {
    const part = join(folder, 'pod/volume-subpaths', name, 'reader/0');
    const inside = join(volumes, 'kubernetes.io~empty-dir', name, 'sub');
    for (const place of [part, inside]) mkdirSync(place, { recursive: true, mode: 0o775 });
    chownSync(inside, 0, fsGroup);
    chmodSync(inside, 0o2775);
    execFileSync('mount', ['--bind', inside, part]);
    return mount(part, `/part-of-${name}`);
  });
  const linux = {
    securityContext: {
      runAsUser: { value: 1000 },
      runAsGroup: { value: 2000 },
      supplementalGroups: [fsGroup],
      namespaceOptions: { network: namespaceMode.node },
    },
  };
  const mounts = [mount(disk, '/disk'), mount(memory, '/memory')];
  const write =
    'for v in disk memory; do echo $v > /$v/file; echo part of $v > /$v/sub/file; done; exec sleep 100000';
  const reader = await pod.start('reader', wait, { mounts: [...mounts, ...parts], linux });
  // Its subPath makes the folder in the guest's volume, as kubelet makes it on the host.
  await pod.start('writer', sh(write), { mounts, linux });
  const read = async (...args: string[]) => (await pod.exec(reader, ...args)).stdout;
  await until(async () => (await read('cat', '/memory/sub/file')) !== '', 'the writer has written');
  expect(await read('cat', '/disk/file', '/memory/file')).toBe('disk\nmemory\n');
  expect(await read('cat', '/part-of-disk/file', '/part-of-memory/file')).toBe(
    'part of disk\npart of memory\n',
  );
  expect(await read('stat', '-c', '%u %g', '/disk/file', '/memory/file')).toBe('1000 3000\n1000 3000\n');
  expect(await read('df', '-k', '/memory')).toMatch(/tmpfs +4096 /);
  expect(statSync(join(disk, 'file'))).toMatchObject({ uid: 1000, gid: fsGroup });
  expect(readdirSync(memory, { recursive: true })).toEqual(['sub']);
});

test('configMap, secret, projected: who watches is told of a new version, one by subPath stays; hostPath is what it is on the host', async () => {
  const kinds = ['configmap', 'secret', 'projected'];
  const [settings, ...others] = kinds.map((kind) => join(volumes, `kubernetes.io~${kind}/settings`)) as [
    string,
    ...string[],
  ];
  // A link to a folder is replaced, so that all files change at once.
  const project = (version: string): void => {
    for (const place of [...others, settings]) {
      mkdirSync(join(place, `..${version}`), { recursive: true });
      writeFileSync(join(place, `..${version}/key`), version);
      symlinkSync(`..${version}`, join(place, '..data_tmp'));
      renameSync(join(place, '..data_tmp'), join(place, '..data'));
    }
  };
  project('v1');
  for (const place of [settings, ...others]) symlinkSync('..data/key', join(place, 'key'));
  const one = join(folder, 'pod/volume-subpaths/settings/user/0');
  mkdirSync(dirname(one), { recursive: true });
  writeFileSync(one, '');
  execFileSync('mount', ['--bind', join(settings, 'key'), one]);

  const hostFolder = join(folder, 'host');
  const hostFile = join(folder, 'file');
  mkdirSync(hostFolder);
  writeFileSync(hostFile, 'of the host\n');
  const user = await pod.start('user', wait, {
    mounts: [
      mount(settings, '/settings', true),
      ...others.map((place, index) => mount(place, `/other${index}`, true)),
      mount(one, '/one', true),
      mount(hostFolder, '/host'),
      mount(hostFile, '/file', true),
    ],
  });
  const read = async (script: string) => (await pod.exec(user, ...sh(script))).stdout;
  expect(await read('cat /settings/key /one /other?/key')).toBe('v1v1v1v1');
  // A program that watches the folder is told, although the change is the host's.
  await read('file-checks watch /settings ..data > /tmp/seen 2>&1 &');
  await until(async () => (await read('cat /tmp/seen')) === 'watching\n', 'the program watches');
  project('v2');
  await until(async () => (await read('cat /tmp/seen')) === 'watching\n..data\n', 'who watches is told');
  expect(await read('cat /settings/key')).toBe('v2');
  await until(async () => (await read('cat /other?/key')) === 'v2v2', 'the others have changed, too');
  expect(await read('cat /one')).toBe('v1');
  expect(await read('cat /file; echo made > /host/made')).toBe('of the host\n');
  expect(readFileSync(join(hostFolder, 'made'), 'utf8')).toBe('made\n');
  expect((await pod.exec(user, ...sh('echo x > /file'))).stderr).toContain('Read-only file system');

  const socket = join(folder, 'socket');
  const server = createServer().listen(socket);
  try {
    await expect(pod.start('dialer', wait, { mounts: [mount(socket, '/s')] })).rejects.toMatchObject({
      details: expect.stringMatching(/socket for \/s is a socket: .*cannot reach it/),
    });
  } finally {
    server.close();
  }
});

test('privileged, with the pids of the node, and without the devices of the host; an annotation that is not allowed', async () => {
  const linux = { securityContext: { privileged: true, namespaceOptions: ofNode } };
  const mighty = await pod.start('mighty', wait, { linux });
  const { stdout } = await pod.exec(mighty, 'ls', '/dev');
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['full', 'null', 'random', 'tty', 'zero']));
  expect(stdout).not.toMatch(/^(?:vd[a-z]|kmsg|mem|loop\d)$/m);
  expect((await pod.exec(mighty, ...sh('mount -t tmpfs t /mnt && echo mounted'))).stdout).toBe('mounted\n');
  // In a machine that is those of the pod, as with Kata: its containers', not the agent's, and none of the host's.
  const processes = (await pod.exec(mighty, 'ps', '-o', 'pid,args')).stdout;
  expect(processes).toMatch(/^ +1 sleep 1000000$/m);
  expect(processes).toMatch(/sleep 100000$/m);
  expect(processes).not.toMatch(/agent|containerd/);

  const key = 'io.katacontainers.config.hypervisor.path';
  await expect(
    CriPod.run(cri, 'refused', 'hako', { annotations: { [key]: '/bin/true' } }),
  ).rejects.toMatchObject({ details: expect.stringContaining(key) });
});

const always = (): boolean => true;
const never = (): boolean => false;

test('a pod whose guest hangs: a container is stopped by its signals, and the pod is removed', async () => {
  const containerId = await pod.start('stuck', wait);
  process.kill(roleOf(pod.id, 'qemu'), 'SIGSTOP');
  await cri.client.call('StopContainer', { containerId, timeout: 1 });
  expect(await pod.exited(containerId)).toMatchObject({ exitCode: 137 });
  // The shim has ended with the pod; containerd has its words.
  const log = readFileSync(join(cri.folder, 'log'), 'utf8');
  expect(log).toContain('the guest hangs: no answer to signal 15');
  expect(log).toContain('the machine is ended: the guest hangs');
  // Again, as kubelet does, while containerd is still at the ends of the pod's other containers.
  await until(() => pod.remove().then(always, never), 'the pod is removed');
  await until(() => posixHost().processesWithMarkers([pod.id]).length === 0, 'its processes have ended');
  expect(existsSync(join(criStates, pod.id))).toBe(false);
});
