import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ProbeResult } from './probe-kvm.ts';
import {
  expectedAccelerator,
  type ResolveAcceleratorOptions,
  resolveAccelerator,
} from './resolve-accelerator.ts';

let dir: string;
let notices: string[];
let probe: ReturnType<typeof vi.fn<() => Promise<ProbeResult>>>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-accelerator-'));
  for (const file of ['qemu', 'vmlinux', 'probe-initrd.img']) writeFileSync(join(dir, file), file);
  notices = [];
  probe = vi.fn(() => Promise.resolve({ works: true, reason: 'it booted' }));
});
afterEach(() => rmSync(dir, { recursive: true }));

function config(accelerator: HypervisorConfig['accelerator']): HypervisorConfig {
  const paths = { hypervisor: join(dir, 'qemu'), kernel: join(dir, 'vmlinux') };
  return { ...defaultRuntimeConfig(paths).hypervisor, accelerator };
}

function options(changes: Partial<ResolveAcceleratorOptions> = {}): ResolveAcceleratorOptions {
  return {
    directory: join(dir, 'run'),
    kvmDevice: '/dev/null',
    bootId: 'boot-1',
    onNotice: (message) => notices.push(message),
    probe,
    emulation: () => Promise.resolve('tcg'),
    ...changes,
  };
}

const hangs = (): Promise<ProbeResult> => Promise.resolve({ works: false, reason: 'it showed no life' });

test('tcg asks nobody', async () => {
  expect(await resolveAccelerator(config('tcg'), options({ kvmDevice: '/absent' }))).toBe('tcg');
  expect(probe).not.toHaveBeenCalled();
  expect(readdirSync(dir)).not.toContain('run');
});

test('a device that is not for the user of QEMU is not used, and is once the host lets that user', async () => {
  const kvmDevice = join(dir, 'kvm');
  writeFileSync(kvmDevice, '');
  chmodSync(kvmDevice, 0o600);
  const rootless = options({ kvmDevice, user: () => ({ uid: 5_000_000, gid: 5_000_000, groups: [] }) });
  expect(await resolveAccelerator(config('auto'), rootless)).toBe('tcg');
  expect(notices).toEqual([expect.stringContaining(`${kvmDevice} is not for the user that rootless gives`)]);
  await expect(resolveAccelerator(config('kvm'), rootless)).rejects.toMatchObject({
    code: 'accelerator-unavailable',
  });
  expect(probe).not.toHaveBeenCalled();
  chmodSync(kvmDevice, 0o666);
  expect(await resolveAccelerator(config('kvm'), rootless)).toBe('kvm');
});

test('a QEMU that cannot emulate several vCPUs by several threads is remembered as such', async () => {
  const emulation = vi.fn(() => Promise.resolve('tcg-single' as const));
  const old = options({ emulation });
  expect(await resolveAccelerator(config('tcg'), old)).toBe('tcg-single');
  expect((await expectedAccelerator(config('tcg'), old)).accelerator).toBe('tcg-single');
  expect((await expectedAccelerator(config('auto'), { ...old, kvmDevice: '/absent' })).accelerator).toBe(
    'tcg-single',
  );
  emulation.mockClear();
  probe.mockImplementation(hangs);
  for (let start = 0; start < 3; start++)
    expect(await resolveAccelerator(config('auto'), old)).toBe('tcg-single');
  expect((await expectedAccelerator(config('auto'), old)).accelerator).toBe('tcg-single');
  expect(emulation).toHaveBeenCalledTimes(1);
});

test.each(['auto', 'kvm'] as const)('%s takes kvm after one probe, and remembers it', async (accelerator) => {
  for (let start = 0; start < 3; start++)
    expect(await resolveAccelerator(config(accelerator), options())).toBe('kvm');
  expect(probe).toHaveBeenCalledTimes(1);
  expect(notices).toEqual([]);
  expect(statSync(join(dir, 'run')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(dir, 'run')).toSorted()).toEqual(['accelerator.2.json', 'accelerator.lock']);
});

test('auto falls back to tcg and says so once', async () => {
  probe.mockImplementation(hangs);
  for (let start = 0; start < 3; start++)
    expect(await resolveAccelerator(config('auto'), options())).toBe('tcg');
  expect(probe).toHaveBeenCalledTimes(1);
  expect(notices).toEqual(['the VM runs on software emulation, which is slow: it showed no life']);
});

test('kvm that does not work is an error that says what was tried, also when remembered', async () => {
  probe.mockImplementation(hangs);
  for (let start = 0; start < 2; start++) {
    await expect(resolveAccelerator(config('kvm'), options())).rejects.toMatchObject({
      code: 'accelerator-unavailable',
      message: expect.stringMatching(/"kvm" is demanded, but it showed no life \(tried at \d{4}-/),
    });
  }
  expect(probe).toHaveBeenCalledTimes(1);
});

test('ten first starts at once make one probe', async () => {
  probe.mockImplementation(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return await hangs();
  });
  const starts = Array.from({ length: 10 }, () => resolveAccelerator(config('auto'), options()));
  expect(new Set(await Promise.all(starts))).toEqual(new Set(['tcg']));
  expect(probe).toHaveBeenCalledTimes(1);
  expect(notices).toHaveLength(1);
});

test.each([
  ['another boot of the host', () => options({ bootId: 'boot-2' })],
  [
    'another kernel',
    () => {
      writeFileSync(join(dir, 'vmlinux'), 'newer');
      return options();
    },
  ],
  [
    'another QEMU',
    () => {
      writeFileSync(join(dir, 'qemu'), 'newer');
      return options();
    },
  ],
  [
    'a damaged file',
    () => {
      writeFileSync(join(dir, 'run/accelerator.2.json'), '{"version":"2","bootId":"boot-1","answers":[{}]}');
      return options();
    },
  ],
])('%s is probed again', async (_name, change) => {
  await resolveAccelerator(config('auto'), options());
  await resolveAccelerator(config('auto'), change());
  expect(probe).toHaveBeenCalledTimes(2);
});

test('answers for several kernels stand beside each other', async () => {
  await resolveAccelerator(config('auto'), options());
  mkdirSync(join(dir, 'other'));
  for (const file of ['vmlinux', 'probe-initrd.img']) writeFileSync(join(dir, 'other', file), file);
  const other = { ...config('auto'), kernel: join(dir, 'other/vmlinux') };
  await resolveAccelerator(other, options());
  await resolveAccelerator(config('auto'), options());
  await resolveAccelerator(other, options());
  expect(probe).toHaveBeenCalledTimes(2);
  const { answers } = JSON.parse(readFileSync(join(dir, 'run/accelerator.2.json'), 'utf8'));
  expect(answers).toHaveLength(2);
});

test('without /dev/kvm nothing is probed; once it is there, it is', async () => {
  const absent = join(dir, 'kvm');
  expect(await resolveAccelerator(config('auto'), options({ kvmDevice: absent }))).toBe('tcg');
  expect(await resolveAccelerator(config('auto'), options({ kvmDevice: absent }))).toBe('tcg');
  expect(probe).not.toHaveBeenCalled();
  expect(notices).toEqual([expect.stringContaining(`${absent} does not exist`)]);
  await expect(resolveAccelerator(config('kvm'), options({ kvmDevice: absent }))).rejects.toMatchObject({
    code: 'accelerator-unavailable',
  });
  expect(await resolveAccelerator(config('auto'), options())).toBe('kvm');
});

test('a kernel without a probe guest never gets kvm', async () => {
  rmSync(join(dir, 'probe-initrd.img'));
  expect(await resolveAccelerator(config('auto'), options())).toBe('tcg');
  expect(probe).not.toHaveBeenCalled();
  expect(notices).toEqual([expect.stringContaining('probe-initrd.img is missing')]);
});

test('a probe that is aborted leaves no answer', async () => {
  const controller = new AbortController();
  probe.mockImplementation(() => {
    controller.abort(new Error('enough'));
    return Promise.reject(new Error('enough'));
  });
  await expect(resolveAccelerator(config('auto'), options({ signal: controller.signal }))).rejects.toThrow(
    'enough',
  );
  probe.mockImplementation(hangs);
  expect(await resolveAccelerator(config('auto'), options())).toBe('tcg');
});

test('a directory that others can write to is not trusted', async () => {
  mkdirSync(join(dir, 'run'));
  chmodSync(join(dir, 'run'), 0o777);
  await expect(resolveAccelerator(config('auto'), options())).rejects.toMatchObject({
    code: 'host-not-ready',
  });
});

test('what to expect is said from what is known, without a probe and without a file', async () => {
  const expected = async (accelerator: HypervisorConfig['accelerator'], changes = {}) =>
    (await expectedAccelerator(config(accelerator), options(changes))).accelerator;
  expect(await expected('tcg')).toBe('tcg');
  expect(await expected('auto')).toBeUndefined();
  expect(await expected('auto', { kvmDevice: '/absent' })).toBe('tcg');
  expect(await expected('kvm', { kvmDevice: '/absent' })).toBeUndefined();
  expect(readdirSync(dir)).not.toContain('run');
  expect(probe).not.toHaveBeenCalled();

  await resolveAccelerator(config('auto'), options());
  expect(await expectedAccelerator(config('auto'), options())).toEqual({
    accelerator: 'kvm',
    reason: 'it booted',
  });
  expect(await expected('auto', { bootId: 'boot-2' })).toBeUndefined();
  rmSync(join(dir, 'qemu'));
  expect(await expectedAccelerator(config('auto'), options())).toEqual({
    accelerator: undefined,
    reason: expect.stringContaining('ENOENT'),
  });
});
