import { expect, test } from 'vitest';
import { CAP_SYS_RESOURCE } from './capabilities.ts';
import { checkOpenFiles } from './open-files-check.ts';

const limits = (hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 ${hard}                 files\n`;
const config = { sharedFs: 'virtio-fs', virtioFsDaemon: '/usr/libexec/virtiofsd' } as const;

test('few files for virtiofsd are a warning with limit and fix', () => {
  expect(checkOpenFiles(config, { capabilities: 0n, limits: limits('4096') })).toEqual([
    expect.objectContaining({
      severity: 'warning',
      field: 'hypervisor.qemu.virtio_fs_daemon',
      rule: expect.stringMatching(/^may open 4096 files \(RLIMIT_NOFILE\)/),
      fix: expect.stringContaining('LimitNOFILE='),
    }),
  ]);
});

test.each([
  ['it may raise its limit', config, CAP_SYS_RESOURCE, '4096'],
  ['the limit is high', config, 0n, '524288'],
  ['there is none', config, 0n, 'unlimited'],
  ['nothing is served by it', { ...config, sharedFs: 'virtio-9p' } as const, 0n, '4096'],
])('no warning where %s', (_when, changed, capabilities, hard) => {
  expect(checkOpenFiles(changed, { capabilities, limits: limits(hard) })).toEqual([]);
});
