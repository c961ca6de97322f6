import { parseConfiguration } from '@hako/config';
import { expect, test } from 'vitest';
import { type Explanation, explain } from './explain.ts';
import { formatExplanation } from './format-explanation.ts';

const h = 'io.katacontainers.config.hypervisor.';
const { config, origins } = parseConfiguration('[hypervisor.qemu]\ndefault_vcpus = 2\n', { file: 'c.toml' });
const asked = explain({
  spec: {
    ociVersion: '1.2.0',
    process: { cwd: '/', args: ['sh'] },
    root: { path: 'rootfs' },
    annotations: { [`${h}default_memory`]: '512', [`${h}path`]: '/bin/\u001b[2Jsh' },
  },
  bundlePath: '/b',
  containerId: 'c',
  config,
  configOrigins: origins,
  host: { numCpus: 8 },
});
const explanation: Explanation = {
  ...asked,
  commandLine: {
    arguments: ['qemu', '-name', "a'b c"],
    kernel: 'quiet',
    devices: ['virtio-rng-pci,rng=rng0'],
    notes: ['accelerator tcg: there is no KVM'],
  },
};

test('a table for people, with nothing from outside unquoted', () => {
  const text = formatExplanation(explanation);
  expect(text).toContain('Virtual machine\n  vcpus ');
  expect(text).toMatch(/memory +512 MiB +annotation io\.kata\S+ +default_memory 512 MiB = 512 MiB/);
  expect(text).toMatch(/hypervisor\.qemu\.default_vcpus +1 -> 2 +c\.toml:2/);
  expect(text).toMatch(/hypervisor\.qemu\.default_memory +2048 -> 512 MiB +annotation io\.kata/);
  expect(text).toContain(`${h}path = "/bin/\\x1b[2Jsh"`);
  expect(text).toContain('Devices of the machine\n  virtio-rng-pci,rng=rng0\n');
  expect(text).toContain('  accelerator tcg: there is no KVM\n');
  expect(text).toContain(`Command line\n  qemu -name 'a'\\''b c'\n`);
  expect(text).toContain(
    'error: io.katacontainers.config.hypervisor.path "/bin/\\x1b[2Jsh": is allowed only where',
  );
  expect(text).toContain('The container would be refused');
  expect(text).not.toContain('\u001b');
});

test('only what differs from the defaults', () => {
  const text = formatExplanation({ ...explanation, problems: [], refused: false }, { diff: true });
  expect(text.split('\n').map((line) => line.split(' ')[0])).toEqual([
    'hypervisor.qemu.default_vcpus',
    'hypervisor.qemu.default_maxvcpus',
    'hypervisor.qemu.default_memory',
    'hypervisor.qemu.default_maxmemory',
    '',
  ]);
});
