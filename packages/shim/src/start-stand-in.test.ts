import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerConfig } from '@hako/oci-translate';
import { type ChildExit, reapChild, setChildSubreaper } from '@hako/posix';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type StartedStandIn, startStandIn } from './start-stand-in.ts';

let folder: string;
let rootfs: string;

// A subreaper, as conmon is: the stand-in of a container becomes our child once its first process has ended.
beforeAll(() => setChildSubreaper(true));
afterAll(() => setChildSubreaper(false));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-stand-in-'));
  rootfs = join(folder, 'rootfs');
  for (const name of ['proc', 'data']) mkdirSync(join(rootfs, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function container(mounts: readonly object[] = []): ContainerConfig {
  const spec = { process: { args: ['sleep', '5'] }, linux: { namespaces: [{ type: 'network' }] }, mounts };
  return { rootfs: { path: rootfs, readonly: false }, spec } as unknown as ContainerConfig;
}

/** The shim's side, as far as it is needed here. */
function shimOf({ pid }: StartedStandIn): { streamsTaken(): void; end(status: number): void } {
  const orders = openSync(`/proc/${pid}/fd/3`, 'w');
  return {
    streamsTaken: () => void writeSync(orders, Uint8Array.of(0)),
    end: (status) => {
      writeSync(orders, Uint8Array.of(status));
      closeSync(orders);
    },
  };
}

function ended({ pid }: StartedStandIn): Promise<ChildExit> {
  return vi.waitUntil(() => reapChild(pid), { interval: 5, timeout: 10_000 }) as Promise<ChildExit>;
}

/** Resolves once the host's files cannot be seen through the stand-in any more. */
async function inPlace({ pid }: StartedStandIn): Promise<void> {
  await vi.waitUntil(() => !existsSync(`/proc/${pid}/root${folder}`), { interval: 5, timeout: 10_000 });
}

test('it ends with the status that it is told', async () => {
  const standIn = await startStandIn('box', { container: container() });
  const shim = shimOf(standIn);
  standIn.letGo();
  shim.streamsTaken();
  shim.end(42);
  expect(await ended(standIn)).toMatchObject({ exitCode: 42, signal: null });
});

test('it ends by itself when nobody can tell the status any more', async () => {
  const standIn = await startStandIn('box', { container: container() });
  standIn.letGo();
  expect(await ended(standIn)).toMatchObject({ exitCode: 255 });
});

test('whoever goes by its pid finds the container: its files, its binds, its processes, its network', async () => {
  const source = join(folder, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'file'), 'from the host');
  writeFileSync(join(rootfs, 'own'), 'of the root');
  const bind = { destination: '/data', source, options: ['rbind'] };
  const standIn = await startStandIn('box', { container: container([bind]) });
  const { pid } = standIn;
  const shim = shimOf(standIn);
  standIn.letGo();
  shim.streamsTaken();
  await inPlace(standIn);
  const seen = (path: string) => readFileSync(`/proc/${pid}/root${path}`, 'utf8');
  expect(seen('/own')).toBe('of the root');
  expect(seen('/data/file')).toBe('from the host');
  expect(seen('/proc/1/cmdline')).toBe('sleep\x005\0');
  expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
  shim.end(0);
  expect(await ended(standIn)).toMatchObject({ exitCode: 0 });
});

test('a link in the root leads a bind nowhere outside', async () => {
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(rootfs, 'escape'));
  writeFileSync(join(folder, 'secret'), 'x');
  const bind = { destination: '/escape', source: folder, options: ['bind'] };
  const standIn = await startStandIn('box', { container: container([bind]) });
  const shim = shimOf(standIn);
  standIn.letGo();
  shim.streamsTaken();
  await inPlace(standIn);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(outside);
  expect(existsSync(join(outside, 'secret'))).toBe(false);
  shim.end(0);
  await ended(standIn);
});

test('one for an exec is a child of ours, in our own namespaces', async () => {
  const standIn = await startStandIn('box');
  expect(readlinkSync(`/proc/${standIn.pid}/ns/mnt`)).toBe(readlinkSync('/proc/self/ns/mnt'));
  standIn.letGo();
});
