import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { HypervisorConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import { isImageNvdimm } from './arguments/memory.ts';
import { guestDirectory, readGuestManifest } from './guest-manifest.ts';
import { checkOpenFiles } from './open-files-check.ts';
import { checkRootless } from './rootless-check.ts';
import { checkValues, hostProblem as problem } from './value-check.ts';

/**
 * Everything on this host that would keep `config` from booting: programs, guest files, devices. All of it at once, each with what
 * brings the missing thing. Starts nothing.
 */
export async function checkHost(config: HypervisorConfig): Promise<readonly Problem[]> {
  const guestFix = 'build the guest with tools/quickstart, or correct the path in configuration.toml';
  const checks = [
    checkFile('path', config.path, constants.X_OK, 'install the Debian package qemu-system-x86'),
    checkFile('kernel', config.kernel, constants.R_OK, guestFix),
    ...(config.image === '' ? [] : [checkFile('image', config.image, constants.R_OK, guestFix)]),
    ...(config.initrd === '' ? [] : [checkFile('initrd', config.initrd, constants.R_OK, guestFix)]),
    ...(config.firmware === ''
      ? []
      : [checkFile('firmware', config.firmware, constants.R_OK, 'leave firmware empty for the default')]),
    checkFile('entropy_source', config.entropySource, constants.R_OK, 'use /dev/urandom'),
    ...(config.sharedFs === 'virtio-fs'
      ? [
          checkFile(
            'virtio_fs_daemon',
            config.virtioFsDaemon,
            constants.X_OK,
            'install the Debian package virtiofsd (on Debian 12: qemu-system-common, which has /usr/lib/qemu/virtiofsd), or set shared_fs = "virtio-9p"',
          ),
        ]
      : []),
    ...(config.firmwareVolume === ''
      ? []
      : [checkFile('firmware_volume', config.firmwareVolume, constants.R_OK, 'leave firmware_volume empty')]),
    ...config.pflashes.map((image) => checkFile('pflashes', image, constants.R_OK, 'leave pflashes empty')),
    ...(config.guestMemoryDumpPath === ''
      ? []
      : [checkFolder('guest_memory_dump_path', config.guestMemoryDumpPath)]),
    ...(config.enableHugepages ? [checkHugePages(config)] : []),
    ...(isImageNvdimm(config, true) ? [checkNvdimmGuest(config)] : []),
    ...(config.accelerator === 'kvm' ? [checkKvm()] : []),
    ...(config.useVsock ? [checkVsock()] : []),
    ...(config.rootless ? [checkRootless(config)] : []),
  ];
  const found = (await Promise.all(checks)).flat();
  return [...found, ...checkOpenFiles(config), ...checkValues(config)];
}

async function checkFile(key: string, path: string, mode: number, fix: string): Promise<readonly Problem[]> {
  if (path === '') return [problem(key, path, 'must not be empty', fix)];
  if (!isAbsolute(path)) return [problem(key, path, 'must be an absolute path', fix)];
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return [problem(key, path, 'must be a file, not a directory', fix)];
    if (stats.isFile() && stats.size === 0) return [problem(key, path, 'must not be an empty file', fix)];
    await access(path, mode);
    return [];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [problem(key, path, 'does not exist', fix)];
    const right = mode === constants.X_OK ? 'executable' : 'readable';
    return [
      problem(key, path, `must be ${right} for this user (${code})`, `give the right to it, or ${fix}`),
    ];
  }
}

async function checkKvm(): Promise<readonly Problem[]> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    return [];
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return [
      missing
        ? problem(
            'accelerator',
            'kvm',
            'needs /dev/kvm, which does not exist',
            'switch on virtualization and load the module kvm_intel or kvm_amd, or use "auto" or "tcg"',
          )
        : problem(
            'accelerator',
            'kvm',
            'needs /dev/kvm, which this user may not open',
            'run as root or join the group kvm, or use "auto" or "tcg"',
          ),
    ];
  }
}

async function checkVsock(): Promise<readonly Problem[]> {
  const isThere = await access('/dev/vhost-vsock', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (isThere) return [];
  return [
    problem(
      'use_vsock',
      'true',
      'needs /dev/vhost-vsock, which is not there or not for this user',
      'load the module vhost_vsock, or set use_vsock = false: the agent is reached over virtio-serial then, which every host has',
    ),
  ];
}

async function checkFolder(key: string, path: string): Promise<readonly Problem[]> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isFolder
    ? []
    : [problem(key, path, 'must be a directory that exists', 'make it, or leave the key empty')];
}

async function checkHugePages({ hugepageType }: HypervisorConfig): Promise<readonly Problem[]> {
  if (hugepageType !== 'hugetlbfs') return [];
  const meminfo = await readFile('/proc/meminfo', 'utf8');
  const total = Number(/^HugePages_Total:\s*(\d+)$/m.exec(meminfo)?.[1] ?? 0);
  if (total > 0) return [];
  return [
    problem(
      'enable_hugepages',
      'true',
      'needs huge pages, of which this host has none',
      'set the sysctl vm.nr_hugepages, or use hugepage_type = "thp"',
    ),
  ];
}

async function checkNvdimmGuest(config: HypervisorConfig): Promise<readonly Problem[]> {
  const manifest = await readGuestManifest(guestDirectory(config));
  if (manifest === undefined || manifest.boot.nvdimmInitrd !== undefined) return [];
  return [
    problem(
      'vm_rootfs_driver',
      config.vmRootfsDriver,
      'is not for this guest, which has no initrd for an image that is an NVDIMM',
      'leave it empty, or build the guest anew with tools/quickstart',
    ),
  ];
}
