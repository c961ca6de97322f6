import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeBusyboxRootfs } from '@hako/bundles';
import { ContainerdCri, CriPod, CriStream, namespaceMode } from '@hako/cri';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hakoPath } from '../src/paths.ts';
import { until } from '../src/until.ts';

const HANDLER = process.env.HAKO_TEST_HANDLER ?? 'hako-host-devices';

let folder: string;
let cri: ContainerdCri;
/** The pod of most tests, and its container that only waits. */
let pod: CriPod;
let box: string;

const call = <T = Readonly<Record<string, unknown>>>(method: string, request: object, deadlineMs?: number) =>
  cri.client.call<T>(method, { ...request }, deadlineMs);
interface Usage {
  readonly cpu: { readonly usageCoreNanoSeconds: { readonly value: string } };
  readonly memory: { readonly workingSetBytes: { readonly value: string } };
}
interface PodStats {
  readonly stats: {
    readonly attributes: { readonly id: string };
    readonly linux: Usage & {
      readonly containers: readonly { readonly attributes: { readonly id: string } }[];
    };
  };
}
/** kubelet's cgroup of the pod, which is there before it and after it. */
const cgroup = `/hako-e2e-cri-${process.pid}`;
const cgroupFolders = (): readonly string[] =>
  readdirSync('/sys/fs/cgroup')
    .map((name) => join('/sys/fs/cgroup', name, cgroup))
    .filter((path) => existsSync(path));

const sh = (script: string): readonly string[] => ['sh', '-c', script];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cri-'));
  cri = new ContainerdCri({ folder: join(folder, 'c'), binFolder: dirname(hakoPath) });
  await cri.startWithImages(makeBusyboxRootfs(join(folder, 'rootfs')));
});
afterAll(async () => {
  await cri.close();
  for (const path of cgroupFolders()) rmdirSync(path);
  rmSync(folder, { recursive: true });
});

test('RunPodSandbox boots a machine, and containers join it with the namespaces of the pod', async () => {
  const annotations = {
    'io.katacontainers.config.hypervisor.default_memory': '400',
    'example.com/not-passed': 'x',
  };
  const linux = {
    cgroupParent: cgroup,
    securityContext: {
      namespaceOptions: { network: namespaceMode.node, pid: namespaceMode.pod },
      // It may have privileged containers; the others are not.
      privileged: true,
    },
    sysctls: { 'kernel.shm_rmid_forced': '1' },
  };
  pod = await CriPod.run(cri, 'web', HANDLER, { annotations, linux });
  expect(await call('PodSandboxStatus', { podSandboxId: pod.id })).toMatchObject({
    status: { state: 0, runtimeHandler: HANDLER },
  });
  const sharing = { linux: { securityContext: { namespaceOptions: { pid: namespaceMode.pod } } } };
  box = await pod.start('box', sh('echo in > /dev/shm/word; exec sleep 100000'), sharing);
  const apart = { linux: { securityContext: { namespaceOptions: { pid: namespaceMode.container } } } };
  const other = await pod.start('other', ['sleep', '100000'], apart);

  const look =
    'for ns in net ipc uts pid; do readlink /proc/self/ns/$ns; done; cat /proc/sys/kernel/random/boot_id';
  const seen = async (id: string) => (await pod.exec(id, 'sh', '-c', look)).stdout.trim().split('\n');
  const [inBox, inOther] = [await seen(box), await seen(other)];
  const hostBootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  expect(inBox.slice(0, 3)).toEqual(inOther.slice(0, 3));
  expect(inBox[3]).not.toBe(inOther[3]);
  expect(inBox[4]).toBe(inOther[4]);
  expect(inBox[4]).not.toBe(hostBootId);
  // The pause container's process is in the shared namespace.
  expect((await pod.exec(box, 'ps', '-o', 'pid,args')).stdout).toMatch(/ 1 sleep 1000000/);
  expect((await pod.exec(other, 'cat', '/dev/shm/word')).stdout).toBe('in\n');
  expect((await pod.exec(other, 'cat', '/proc/sys/kernel/shm_rmid_forced')).stdout).toBe('1\n');
  // The annotation came through containerd's list and hako's.
  const memory = await pod.exec(other, 'grep', 'MemTotal', '/proc/meminfo');
  const kib = Number(/(\d+) kB/.exec(memory.stdout)?.[1]);
  expect(kib).toBeGreaterThan(300 * 1024);
  expect(kib).toBeLessThan(400 * 1024);
  // As `kubectl debug --target` does it: beside the processes of one container, whose end is its own.
  const beside = { pid: namespaceMode.target, targetId: other };
  const linuxBeside = { securityContext: { namespaceOptions: beside } };
  const debug = await pod.start('debug', ['sleep', '99999'], { linux: linuxBeside });
  expect((await seen(debug))[3]).toBe(inOther[3]);
  expect((await pod.exec(debug, 'ps', '-o', 'pid,args')).stdout).toMatch(
    / 1 sleep 100000\n[\s\S]* sleep 99999\n/,
  );
  await call('StopContainer', { containerId: other, timeout: 0 });
  expect(await pod.exited(debug)).toMatchObject({ exitCode: 137 });
  for (const containerId of [other, debug]) await call('RemoveContainer', { containerId });
});

test('ExecSync: exit status, both outputs, a time limit, a command that is not there', async () => {
  expect(await pod.exec(box, ...sh('echo out; echo err >&2; exit 7'))).toEqual({
    stdout: 'out\n',
    stderr: 'err\n',
    exitCode: 7,
  });
  await expect(
    call('ExecSync', { containerId: box, cmd: ['sleep', '777'], timeout: 1 }),
  ).rejects.toMatchObject({
    details: expect.stringMatching(/timeout 1s exceeded/),
  });
  await until(
    async () => !(await pod.exec(box, 'ps')).stdout.includes('sleep 777'),
    'the late process is gone',
  );
  await expect(call('ExecSync', { containerId: box, cmd: ['no-such-program'] })).rejects.toMatchObject({
    details: expect.stringContaining('no-such-program'),
  });
});

test('Exec and Attach stream, with a terminal too', async () => {
  const open = async (method: string, request: object): Promise<CriStream> =>
    new CriStream((await call<{ url: string }>(method, request)).url);
  const plain = await open('Exec', {
    containerId: box,
    cmd: sh('read line; echo "got $line"; echo problem >&2; exit 3'),
    stdin: true,
    stdout: true,
    stderr: true,
  });
  await plain.type('typed\n');
  expect(await plain.result()).toMatchObject({
    stdout: 'got typed\n',
    stderr: 'problem\n',
    status: { status: 'Failure', message: expect.stringContaining('exit code 3') },
  });

  const terminal = await open('Exec', {
    containerId: box,
    cmd: ['sh'],
    tty: true,
    stdin: true,
    stdout: true,
  });
  await terminal.resize(91, 29);
  // The size and what is typed come on streams of their own.
  await terminal.type('until stty size | grep -q "^29 91$"; do :; done; echo re""sized\n');
  await terminal.see('resized');
  await terminal.type('exit 0\n');
  expect((await terminal.result()).status).toMatchObject({ status: 'Success' });

  const reader = await pod.start('reader', sh('while read line; do echo "heard $line"; done'), {
    stdin: true,
  });
  const attached = await open('Attach', { containerId: reader, stdin: true, stdout: true, stderr: true });
  await attached.type('hello\n');
  await attached.see('heard hello');
  attached.close();
  await call('RemoveContainer', { containerId: reader });
});

test('logs in CRI’s format, exit status, restart in the living pod, volumes and the security context', async () => {
  const settings = join(folder, 'settings');
  mkdirSync(settings);
  writeFileSync(join(settings, 'key'), 'value');
  const termination = join(folder, 'termination-log');
  writeFileSync(termination, '');
  // As kubelet does it: whoever the container's user is may write.
  chmodSync(termination, 0o666);
  const script =
    'id -u; id -g; id -G; grep -e CapEff -e NoNewPrivs -e Seccomp: /proc/self/status; touch /x; cat /settings/key; echo done > /dev/termination-log; exit 5';
  const more = {
    mounts: [
      { containerPath: '/settings', hostPath: settings, readonly: true },
      { containerPath: '/dev/termination-log', hostPath: termination },
    ],
    envs: [{ key: 'A', value: 'b' }],
    linux: {
      resources: { memoryLimitInBytes: 64 * 2 ** 20, cpuPeriod: 100_000, cpuQuota: 50_000 },
      securityContext: {
        runAsUser: { value: 1000 },
        runAsGroup: { value: 2000 },
        supplementalGroups: [3000],
        readonlyRootfs: true,
        noNewPrivs: true,
        capabilities: { dropCapabilities: ['ALL'] },
        seccomp: { profileType: 0 },
        namespaceOptions: { network: namespaceMode.node },
      },
    },
  };
  for (const attempt of [0, 1]) {
    const id = await pod.start('job', sh(script), more);
    expect(await pod.exited(id)).toMatchObject({ exitCode: 5, reason: 'Error' });
    const lines = readFileSync(join(pod.logs, `job.${attempt}.log`), 'utf8')
      .trim()
      .split('\n');
    expect(
      lines.every((line) => /^\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-][0-9:]+) std(out|err) [FP] /.test(line)),
    ).toBe(true);
    const said = lines.map((line) => line.split(' ').slice(3).join(' ').replace(/\s+/g, ' '));
    expect(said).toEqual(
      expect.arrayContaining([
        '1000',
        '2000',
        '2000 3000',
        'CapEff: 0000000000000000',
        'NoNewPrivs: 1',
        'Seccomp: 2',
        'touch: /x: Read-only file system',
        'value',
      ]),
    );
    expect(readFileSync(termination, 'utf8')).toBe('done\n');
    writeFileSync(termination, '');
    if (attempt === 0) await call('RemoveContainer', { containerId: id });
  }
});

test('privileged, and limits that change while it runs; statistics', async () => {
  const linux = { securityContext: { privileged: true, namespaceOptions: { network: namespaceMode.node } } };
  const mighty = await pod.start('mighty', ['sleep', '100000'], { linux });
  const might =
    'grep CapEff /proc/self/status; mount -t tmpfs t /mnt && echo mounted; ls /dev/null /dev/full';
  const { stdout } = await pod.exec(mighty, 'sh', '-c', might);
  // As many as the host's own root has; the bounding set of containers without privilege is smaller.
  expect(stdout).toMatch(/^CapEff:\t000001ff[0-9a-f]{2}ffffff\nmounted\n\/dev\/full\n\/dev\/null\n$/);
  await call('RemoveContainer', { containerId: mighty });

  // And with a profile of the node's, and single capabilities.
  const profile = join(folder, 'no-mkdir.json');
  const denied = [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 95 }];
  writeFileSync(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: denied }));
  const limited = await pod.start('limited', ['sleep', '100000'], {
    linux: {
      resources: { memoryLimitInBytes: 64 * 2 ** 20 },
      securityContext: {
        capabilities: { dropCapabilities: ['ALL'], addCapabilities: ['CHOWN', 'NET_ADMIN'] },
        seccomp: { profileType: 2, localhostRef: profile },
        namespaceOptions: { network: namespaceMode.node },
      },
    },
  });
  expect((await pod.exec(limited, 'grep', 'CapEff', '/proc/self/status')).stdout).toMatch(/:\t0{12}1001\n/);
  expect((await pod.exec(limited, 'mkdir', '/x')).stderr).toContain('Operation not supported');
  const limits = ['cat', '/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/cpu.max'];
  expect((await pod.exec(limited, ...limits)).stdout).toBe(`${64 * 2 ** 20}\nmax 100000\n`);
  await call('UpdateContainerResources', {
    containerId: limited,
    linux: { memoryLimitInBytes: 96 * 2 ** 20, cpuPeriod: 100_000, cpuQuota: 20_000 },
  });
  expect((await pod.exec(limited, ...limits)).stdout).toBe(`${96 * 2 ** 20}\n20000 100000\n`);
  const { stats } = await call<{ readonly stats: Usage }>('ContainerStats', { containerId: limited });
  expect(Number(stats.cpu.usageCoreNanoSeconds.value)).toBeGreaterThan(0);
  expect(Number(stats.memory.workingSetBytes.value)).toBeGreaterThan(0);
  expect(Number(stats.memory.workingSetBytes.value)).toBeLessThan(96 * 2 ** 20);
  // Of the pod as a whole: what its machine costs on the host, with the figures of its containers.
  const ofPod = await call<PodStats>('PodSandboxStats', { podSandboxId: pod.id });
  expect(ofPod.stats.attributes.id).toBe(pod.id);
  expect(Number(ofPod.stats.linux.cpu.usageCoreNanoSeconds.value)).toBeGreaterThan(0);
  expect(Number(ofPod.stats.linux.memory.workingSetBytes.value)).toBeGreaterThan(2 ** 20);
  expect(ofPod.stats.linux.containers.map(({ attributes }) => attributes.id)).toContain(limited);
  expect(await call('ListPodSandboxStats', {})).toMatchObject({ stats: [{ attributes: { id: pod.id } }] });
  await call('StopContainer', { containerId: limited, timeout: 0 });
  expect(await pod.exited(limited)).toMatchObject({ exitCode: 137 });
});

test('calls in a wrong order are refused and change nothing', async () => {
  const fresh = await pod.create('fresh', ['sleep', '100000']);
  await expect(call('ExecSync', { containerId: fresh, cmd: ['true'] })).rejects.toMatchObject({
    details: expect.stringContaining('CONTAINER_CREATED'),
  });
  await call('StartContainer', { containerId: fresh });
  await expect(call('StartContainer', { containerId: fresh })).rejects.toMatchObject({
    details: expect.stringContaining('CONTAINER_RUNNING'),
  });
  await expect(pod.start('missing', ['/no/such/program'])).rejects.toMatchObject({
    details: expect.stringMatching(/no such file or directory/i),
  });
  await expect(call('ContainerStatus', { containerId: 'unknown' })).rejects.toMatchObject({ code: 5 });
  // Of a running one: it is killed.
  await call('RemoveContainer', { containerId: fresh });
  await call('RemoveContainer', { containerId: fresh });
  expect((await pod.exec(box, 'echo', 'goes on')).stdout).toBe('goes on\n');
});

test('a pod is stopped and removed with containers in every state', async () => {
  await pod.create('never-started', ['true']);
  await call('StopPodSandbox', { podSandboxId: pod.id });
  expect(await call('PodSandboxStatus', { podSandboxId: pod.id })).toMatchObject({ status: { state: 1 } });
  expect(await pod.exited(box)).toMatchObject({ exitCode: 137 });
  await expect(pod.create('late', ['true'])).rejects.toMatchObject({
    // The words of containerd 1.6, and of 2.
    details: expect.stringMatching(/no running task found|is not running/),
  });
  await call('StopPodSandbox', { podSandboxId: pod.id });
  await call('RemovePodSandbox', { podSandboxId: pod.id });
  await call('RemovePodSandbox', { podSandboxId: pod.id });
  expect(await call('ListPodSandbox', {})).toMatchObject({ items: [] });
  expect(await call('ListContainers', {})).toMatchObject({ containers: [] });
});
