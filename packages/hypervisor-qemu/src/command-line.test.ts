import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import type { VmConfig } from '@hako/hypervisor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { qemuCommandLine } from './command-line.ts';

let guest: string;
beforeAll(() => {
  guest = mkdtempSync(join(tmpdir(), 'hako-command-line-'));
});
afterAll(() => rmSync(guest, { recursive: true }));

function vm(kernel: string): VmConfig {
  const image = join(guest, 'guest.img');
  return {
    id: 'pod1',
    runtimeDir: '/run/hako/pod1/vm',
    hypervisor: defaultRuntimeConfig({ hypervisor: '/usr/bin/qemu', kernel, image }).hypervisor,
    kernelParams: [{ key: 'agent.log', value: 'debug' }],
    shares: [{ tag: 'kataShared', hostPath: '/srv', transport: 'virtio-fs', readonly: false }],
  };
}

test('what the guest manifest says and where virtiofsd will listen is in the line', async () => {
  writeFileSync(
    join(guest, 'manifest.json'),
    JSON.stringify({ boot: { initrd: 'stage1.img', kernelParams: ['tsc=reliable'] } }),
  );
  const line = await qemuCommandLine(vm(join(guest, 'vmlinux')), 'tcg');
  expect(line.program).toBe('/usr/bin/qemu');
  expect(line.kernel).toMatch(/^tsc=reliable .* agent\.log=debug$/);
  expect(line.arguments).toContain(line.kernel);
  expect(line.arguments).toContain(join(guest, 'stage1.img'));
  expect(line.arguments).toContain('socket,id=fs0,fd=5');
  expect(line.sockets).toEqual([{ path: '/run/hako/pod1/vm/fs0.sock', end: 'connected' }]);
  expect(line.devices.map((device) => device.split(',', 1)[0])).toEqual([
    'pci-bridge',
    'virtio-serial-pci',
    'virtserialport',
    'virtio-blk-pci',
    'virtio-rng-pci',
    'vhost-user-fs-pci',
  ]);
});

test('files that are missing are told by whoever starts it', async () => {
  const { arguments: args } = await qemuCommandLine(vm('/no/such/vmlinux'), 'kvm');
  expect(args).toContain('/no/such/vmlinux');
  expect(args).not.toContain('-bios');
});
