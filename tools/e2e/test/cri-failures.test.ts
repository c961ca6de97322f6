import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeBusyboxRootfs } from '@hako/bundles';
import { ContainerdCri, CriPod, namespaceMode } from '@hako/cri';
import { posixHost } from '@hako/sandbox/state';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { criStates, roleOf, shimOf } from '../src/cri-shim.ts';
import { configurationPath, hakoPath } from '../src/paths.ts';
import { until } from '../src/until.ts';

let folder: string;
let cri: ContainerdCri;

const stateOf = async (podSandboxId: string) =>
  (await cri.client.call<{ status: { state: number } }>('PodSandboxStatus', { podSandboxId })).status.state;
const NOT_READY = 1;
/** Host processes of a pod, by what is in their command lines. */
const processesOf = (id: string) => posixHost().processesWithMarkers([id]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cri-'));
  cri = new ContainerdCri({ folder: join(folder, 'c'), binFolder: dirname(hakoPath) });
  await cri.startWithImages(makeBusyboxRootfs(join(folder, 'rootfs')));
});
afterAll(async () => {
  await cri.close();
  rmSync(folder, { recursive: true });
});

test('a container out of memory says so; a pod outlives its containerd; one whose machine dies is removed', async () => {
  const pod = await CriPod.run(cri, 'machine', 'hako');
  const linux = { resources: { memoryLimitInBytes: 24 * 2 ** 20 } };
  // It has no end of line to give up at.
  const hog = await pod.start('hog', ['tail', '/dev/zero'], { linux });
  expect(await pod.exited(hog)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });

  const box = await pod.start('box', ['sh', '-c', 'while :; do echo tick; sleep 0.2; done']);
  const short = await pod.start('short', [
    'sh',
    '-c',
    'until [ -e /dev/shm/go ]; do sleep 0.1; done; exit 9',
  ]);
  const log = () => readFileSync(join(pod.logs, 'box.0.log'), 'utf8');
  await until(() => log().includes('tick'), 'it ticks');
  await pod.exec(box, 'sh', '-c', '(sleep 2; touch /dev/shm/go) >/dev/null 2>&1 &');
  await cri.stop();
  await until(
    () => posixHost().processesWithMarkers([join(cri.folder, 'config.toml')]).length === 0,
    'it has ended',
  );
  await cri.start();
  expect((await pod.exec(box, 'echo', 'still here')).stdout).toBe('still here\n');
  expect(await pod.exited(short)).toMatchObject({ exitCode: 9 });
  const length = log().length;
  await until(() => log().length > length, 'it ticks into the log again');

  process.kill(roleOf(pod.id, 'qemu'), 'SIGKILL');
  expect(await pod.exited(box)).toMatchObject({ exitCode: 137 });
  await until(async () => (await stateOf(pod.id)) === NOT_READY, 'the pod is not ready');
  await pod.remove();
  expect(processesOf(pod.id)).toEqual([]);
});

test('a pod without the pause image; when its shim is killed it is stopped and removed, and nothing of it stays', async () => {
  const built = readFileSync(configurationPath, 'utf8');
  writeFileSync(join(cri.folder, 'hako.toml'), `${built}\n[runtime]\nuse_pause_image = false\n`);
  const securityContext = { namespaceOptions: { network: namespaceMode.node, pid: namespaceMode.pod } };
  const pod = await CriPod.run(cri, 'shim', 'hako-configured', { linux: { securityContext } });
  const box = await pod.start('box', ['sleep', '100000'], { linux: { securityContext } });
  const processes = async () => (await pod.exec(box, 'ps', '-o', 'pid,stat,args')).stdout;
  expect(await processes()).toMatch(/^ +1 S +\/pause$/m);
  // An orphan is the pause program's child, and does not stay as a zombie.
  await pod.exec(box, 'sh', '-c', '(sleep 0.3 >/dev/null 2>&1 &)');
  await until(async () => !/sleep 0\.3|\bZ\b/.test(await processes()), 'the orphan is reaped');
  const before = processesOf(pod.id);
  expect(before.length).toBeGreaterThan(2);
  process.kill(shimOf(pod.id), 'SIGKILL');
  await until(async () => (await stateOf(pod.id)) === NOT_READY, 'the pod is not ready');
  expect((await pod.exited(box)).exitCode).not.toBe(0);
  await pod.remove();
  await until(() => processesOf(pod.id).length === 0, 'its processes have ended');
  expect(posixHost().mountsBelow(join(criStates, pod.id))).toEqual([]);
});
