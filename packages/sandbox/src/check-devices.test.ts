import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerConfig } from '@hako/oci-translate';
import { afterAll, expect, test } from 'vitest';
import { checkDevices } from './check-devices.ts';

const root = mkdtempSync(join(tmpdir(), 'hako-devices-'));
afterAll(() => rmSync(root, { recursive: true }));

function check(containerPath: string, mounts: readonly string[] = []): void {
  const device = { containerPath, type: 'c', major: 1, minor: 3, fileMode: 0, uid: 0, gid: 0 } as const;
  checkDevices({
    rootfs: { path: root, readonly: false },
    spec: { mounts: mounts.map((destination) => ({ destination })) },
    devices: [device],
  } as unknown as ContainerConfig);
}

test('a device where another file is, is refused; nothing there, or below a mount, is fine', () => {
  mkdirSync(join(root, 'dev'));
  writeFileSync(join(root, 'dev/null'), '');
  symlinkSync('/etc/passwd', join(root, 'link'));
  expect(() => check('/dev/null')).toThrow('linux.devices[0].path: /dev/null is there, and is another file');
  expect(() => check('//dev/./null')).toThrow('another file');
  check('/dev/null', ['/dev']);
  check('/dev/null', ['/proc', '/dev/']);
  expect(() => check('/dev/null', ['/device'])).toThrow('another file');
  check('/dev/other');
  check('/link/x');
});

test('the device itself may be there', () => {
  const device = {
    containerPath: '/null',
    type: 'c',
    major: 1,
    minor: 3,
    fileMode: 0,
    uid: 0,
    gid: 0,
  } as const;
  const config = (devices: object[]) =>
    ({ rootfs: { path: '/dev', readonly: false }, spec: {}, devices }) as unknown as ContainerConfig;
  checkDevices(config([device]));
  expect(() => checkDevices(config([{ ...device, minor: 5 }]))).toThrow('another file');
  expect(() => checkDevices(config([{ ...device, type: 'b' }]))).toThrow('another file');
  expect(() => checkDevices(config([{ ...device, type: 'p' }]))).toThrow('another file');
});
