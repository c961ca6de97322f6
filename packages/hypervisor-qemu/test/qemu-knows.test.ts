import { execFileSync } from 'node:child_process';
import type { HypervisorConfig } from '@hako/config';
import type { DiskDevice, VhostUserDevice } from '@hako/hypervisor';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Accelerator, buildArguments } from '../src/index.ts';
import { demandPrograms, probeGuestConfig, qemu, virtiofsd } from './support.ts';

/** Asks QEMU itself, so that no option of ours is invented. */
function ask(...args: string[]): string {
  const question = args.join(' ');
  const known = answers.get(question);
  if (known !== undefined) return known;
  const answer = execFileSync(qemu, args, { encoding: 'utf8', timeout: 60_000 });
  answers.set(question, answer);
  return answer;
}
const answers = new Map<string, string>();

beforeAll(demandPrograms);

const machineTypes = ['q35', 'pc', 'microvm'] as const;

/** What a q35 can have beside all others have, twice, since some of it excludes the other. */
const features: Readonly<Record<'first' | 'second', Partial<HypervisorConfig>>> = {
  first: {
    enableIommu: true,
    enableIommuPlatform: true,
    coldPlugVfio: 'switch-port',
    pcieRootPort: 1,
    pcieSwitchPort: 1,
    guestMemoryDumpPath: '/tmp',
    enableNuma: true,
    enableVirtioMem: true,
    reclaimGuestFreedMemory: true,
    enableMemLock: true,
    pflashes: ['/code', '/vars'],
    extraMonitorSocket: 'qmp-pretty',
    enableDebug: true,
  },
  second: {
    useVsock: true,
    vmRootfsDriver: 'nvdimm',
    enableHugepages: true,
    fileMemBackend: '',
    enableMemPrealloc: true,
  },
};

const vhostUserParts: readonly VhostUserDevice['part'][] = [
  { kind: 'network', mac: '02:00:00:00:00:02' },
  { kind: 'block', queues: 2, queueSize: 64 },
  { kind: 'scsi' },
  { kind: 'files', tag: 'data' },
];

function disks(kinds: readonly DiskDevice['kind'][]): DiskDevice[] {
  return kinds.map((kind) => ({
    kind,
    id: `disk-${kind}`,
    path: '/images/disk',
    source: 'file',
    format: 'raw',
    readonly: true,
    aio: 'native',
    cache: { direct: true, noFlush: false },
    logicalSectorBytes: 512,
    physicalSectorBytes: 4096,
    ...(kind === 'scsi' ? {} : { queues: 1, queueSize: 64 }),
  }));
}

function everyArgument(
  machineType: (typeof machineTypes)[number],
  accelerator: Accelerator,
  changes: Partial<HypervisorConfig> = {},
): string[] {
  const share = (transport: 'virtio-fs' | 'virtio-9p', tag: string, readonly: boolean) => ({
    tag,
    hostPath: '/srv',
    transport,
    readonly,
  });
  return buildArguments(
    {
      id: 'x',
      runtimeDir: '/run/x',
      hypervisor: probeGuestConfig({ machineType, image: '/image', defaultMaxMemoryMib: 1024, ...changes }),
      kernelParams: [],
      devices: [
        {
          kind: 'network',
          id: 'net2',
          mac: '02:00:00:00:00:01',
          link: { kind: 'tap', queueFds: [9, 10], vhostFds: [11, 12] },
        },
        ...vhostUserParts.map((part) => ({
          kind: 'vhost-user' as const,
          id: `vu-${part.kind}`,
          socket: '/run/x/vu.sock',
          reconnectSeconds: 1,
          part,
        })),
        { kind: 'vfio', id: 'vfio0', address: '0000:3b:00.0' },
        ...disks(machineType === 'microvm' ? ['block', 'scsi', 'mmio'] : ['block', 'scsi']),
      ],
      shares: [share('virtio-fs', 'a', false), share('virtio-9p', 'b', false), share('virtio-9p', 'c', true)],
    },
    {
      accelerator,
      firmware: 'qboot.rom',
      manifest: { boot: { initrd: 'initrd.img', kernelParams: [] } },
      imageSizeBytes: 4096,
      qmpFd: 3,
      agentFd: 4,
      firstFd: 5,
    },
  );
}

/** `id` and `bus` belong to the option itself; the others only a machine that is made has: launch.vm.test.ts makes one. */
const ofOptionOrMachine = new Set(['id', 'bus', 'nvdimm', 'pflash0', 'pflash1']);

/** `[option, value]` pairs of a command line. */
function pairs(args: readonly string[]): [string, string][] {
  return args.flatMap((word, index): [string, string][] => {
    if (!word.startsWith('-')) return [];
    const next = args[index + 1];
    return [[word, next === undefined || next.startsWith('-') ? '' : next]];
  });
}

function properties(value: string): { first: string; names: string[] } {
  if (value.startsWith('{')) {
    const { 'qom-type': first, ...rest }: Record<string, unknown> = JSON.parse(value);
    return { first: String(first), names: Object.keys(rest) };
  }
  const [first = '', ...rest] = value.split(',');
  return { first, names: rest.map((part) => part.split('=')[0] ?? '') };
}

const cases: [string, string[]][] = [
  ...machineTypes.flatMap((machine) =>
    (['kvm', 'tcg', 'tcg-single'] as const).map((accelerator): [string, string[]] => [
      `${machine} ${accelerator}`,
      everyArgument(machine, accelerator),
    ]),
  ),
  ['q35 with devices', everyArgument('q35', 'kvm', features.first)],
  ['q35 with an NVDIMM', everyArgument('q35', 'tcg', features.second)],
];

describe.each(cases)('%s', (_name, args) => {
  test('every option is one of QEMU', () => {
    const help = ask('-help');
    for (const [option] of pairs(args)) expect(help, option).toMatch(new RegExp(`^${option}\\b`, 'm'));
  });

  test('every device has every property that it is given', () => {
    for (const [option, value] of pairs(args)) {
      if (option !== '-device' && option !== '-object' && option !== '-machine') continue;
      const { first, names } = properties(value);
      const help = ask(option, `${first},help`);
      for (const name of names) {
        if (!ofOptionOrMachine.has(name)) expect(help, value).toMatch(new RegExp(`^ *${name}=`, 'm'));
      }
    }
  });

  test('the CPU model and its features exist', () => {
    const [, cpu = ''] = pairs(args).find(([option]) => option === '-cpu') ?? [];
    const { first, names } = properties(cpu);
    expect(ask('-cpu', 'help')).toMatch(new RegExp(`^x86 ${first}\\b`, 'm'));
    const help = ask('-device', `${first}-x86_64-cpu,help`);
    for (const name of names) expect(help).toMatch(new RegExp(`^ *${name}=`, 'm'));
  });
});

test('virtio-fs has no DAX window, for the lack of which its keys are refused or warned of', () => {
  const help = ask('-device', 'vhost-user-fs-pci,help');
  expect(help).toMatch(/^ *tag=/m);
  expect(help).not.toMatch(/cache-size|dax/i);
});

test('the virtiofsd of this host knows the options it is given', () => {
  const help = execFileSync(virtiofsd, ['--help'], { encoding: 'utf8' });
  if (virtiofsd === '/usr/lib/qemu/virtiofsd') {
    for (const word of ['--fd=', '-o source=', '-o cache=', 'sandbox=namespace|chroot', 'announce_submounts'])
      expect(help).toContain(word);
  } else {
    for (const word of ['--fd', '--shared-dir', '--cache', '--sandbox', '--seccomp', '--announce-submounts'])
      expect(help).toContain(word);
  }
  expect(help).toContain('--rlimit-nofile');
});
