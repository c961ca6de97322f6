import { type ApplyInput, applyOverrides, openPolicy } from '@hako/annotations';
import { defaultRuntimeConfig, type RuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { hypervisorFamily } from './index.ts';

const families = [hypervisorFamily];

function apply(annotations: Record<string, string>, more: Partial<ApplyInput<RuntimeConfig>> = {}) {
  const named = Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [`io.katacontainers.config.hypervisor.${name}`, text]),
  );
  return applyOverrides({
    annotations: named,
    families,
    config: defaultRuntimeConfig(),
    host: { numCpus: 8 },
    policy: openPolicy,
    ...more,
  });
}

function one(name: string, text: string, line: '1.x' | '3.x' = '3.x'): string {
  const { problems, config } = apply({ [name]: text }, { line });
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) return error.rule;
  return problems.some(({ code }) => code === 'annotation/ignored')
    ? 'ignored'
    : JSON.stringify(config.hypervisor);
}

test.each([
  ['default_vcpus', '1.5', '3.x', '"defaultVcpus":1.5'],
  ['default_vcpus', '1.5', '1.x', 'must be a whole number, in decimal digits only'],
  ['default_vcpus', '0', '3.x', 'ignored'],
  ['default_vcpus', '0', '1.x', '"defaultVcpus":0'],
  ['default_vcpus', '8.5', '3.x', 'must be at most 8, the number of CPUs of the host'],
  ['default_max_vcpus', '9', '3.x', 'must be at most 8, the number of CPUs of the host'],
  ['default_memory', '1GiB', '3.x', '"defaultMemoryMib":1024'],
  ['default_memory', '1GiB', '1.x', 'must be a whole number, in decimal digits only'],
  ['default_memory', '1000MB', '3.x', '"defaultMemoryMib":954'],
  ['default_memory', '255', '3.x', 'must be at least 256 MiB'],
  ['default_memory', '99999999TiB', '3.x', 'must be at most 4294967295 MiB'],
  ['memory_slots', '0', '3.x', 'ignored'],
  ['shared_fs', 'none', '3.x', '"sharedFs":"none"'],
  ['shared_fs', 'none', '1.x', 'must be one of virtio-9p, virtio-fs'],
  ['machine_type', 'virt', '1.x', '"machineType":"virt"'],
  ['machine_type', 'pseries', '3.x', 'must be one of q35, pc, microvm, virt'],
  ['machine_type', '', '3.x', 'ignored'],
  ['kernel_params', '=a', '3.x', 'must not have a word without a name before ='],
  ['virtio_fs_extra_args', '["-o","x,y"]', '3.x', '"virtioFsExtraArgs":["-o","x,y"]'],
  ['virtio_fs_extra_args', '-o,x', '3.x', '"virtioFsExtraArgs":["-o","x"]'],
  ['virtio_fs_extra_args', '[1]', '3.x', 'must be a JSON array of texts'],
  ['virtio_fs_extra_args', '[', '1.x', 'ignored'],
  ['blk_logical_sector_size', '513', '3.x', 'must be 0 or a power of two from 512 to 65536'],
  ['kernel_verity_params', 'root_hash=1,salt=2', '3.x', '"kernelVerityParams":"root_hash=1,salt=2"'],
  [
    'kernel_verity_params',
    'root=1',
    '3.x',
    'must be name=value pairs between commas; the names are root_hash, salt, data_blocks, data_block_size, hash_block_size',
  ],
  ['cc_init_data', '!', '3.x', 'must be base64'],
  ['pcie_root_port', '17', '3.x', 'must be a whole number and at most 16'],
  ['pcie_root_port', '17', '1.x', '"pcieRootPort":17'],
] as const)('%s = %j in %s: %s', (name, text, line, expected) => {
  expect(one(name, text, line)).toContain(expected);
});

test('kernel words: 1.x appends, 3.x replaces words of the same name', () => {
  const base = defaultRuntimeConfig();
  const config = {
    ...base,
    hypervisor: { ...base.hypervisor, kernelParams: [{ key: 'a', value: '1' }, { key: 'q' }] },
  };
  const words = (line: '1.x' | '3.x') =>
    apply({ kernel_params: 'a=2 a=3' }, { line, config }).config.hypervisor.kernelParams.map(
      ({ key, value }) => `${key}=${value}`,
    );
  expect(words('1.x')).toEqual(['a=1', 'q=undefined', 'a=2', 'a=3']);
  expect(words('3.x')).toEqual(['q=undefined', 'a=2', 'a=3']);
});

test('the limit of 240 vCPUs is of qemu only', () => {
  const host = { numCpus: 512 };
  const base = defaultRuntimeConfig();
  const other = { ...base, runtime: { ...base.runtime, hypervisorName: 'clh' } };
  expect(apply({ default_max_vcpus: '241' }, { host }).problems[0]?.rule).toBe(
    'must be at most 240, the most that qemu takes',
  );
  expect(apply({ default_max_vcpus: '241' }, { host, config: other }).problems).toEqual([]);
});

test('virtio-fs needs a daemon, whoever removed it', () => {
  expect(apply({ virtio_fs_daemon: '' }).problems).toMatchObject([
    { severity: 'error', field: 'io.katacontainers.config.hypervisor.virtio_fs_daemon' },
  ]);
});

test('hot plugging switches cold plugging off; both at once contradict each other', () => {
  const base = defaultRuntimeConfig();
  const config: RuntimeConfig = { ...base, hypervisor: { ...base.hypervisor, coldPlugVfio: 'root-port' } };
  expect(apply({ hot_plug_vfio: 'bridge-port' }, { config }).config.hypervisor).toMatchObject({
    hotPlugVfio: 'bridge-port',
    coldPlugVfio: 'no-port',
  });
  expect(
    apply({ hot_plug_vfio: 'bridge-port', cold_plug_vfio: 'root-port' }).problems.map(({ code }) => code),
  ).toContain('annotation/conflict');
});
