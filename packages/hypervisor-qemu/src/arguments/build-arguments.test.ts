import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import type { DiskDevice, NetworkDevice, SharedDirectory, VhostUserDevice, VmConfig } from '@hako/hypervisor';
import { expect, test } from 'vitest';
import { buildArguments, type HostSide } from './build-arguments.ts';
import { socketsOf } from './sockets.ts';

const paths = {
  hypervisor: '/usr/bin/qemu-system-x86_64',
  kernel: '/guest/vmlinux',
  initrd: '/guest/initrd.img',
};

function vm(changes: Partial<HypervisorConfig> = {}, rest: Partial<VmConfig> = {}): VmConfig {
  const { hypervisor } = defaultRuntimeConfig(paths);
  return {
    id: 'pod1',
    runtimeDir: '/run/hako/pod1/vm',
    hypervisor: { ...hypervisor, defaultMaxVcpus: 4, defaultMaxMemoryMib: 4096, ...changes },
    kernelParams: [],
    shares: [],
    ...rest,
  };
}

function host(changes: Partial<HostSide> = {}): HostSide {
  return {
    accelerator: 'tcg',
    firmware: undefined,
    manifest: undefined,
    qmpFd: 3,
    agentFd: 4,
    firstFd: 5,
    ...changes,
  };
}

/** The values of one option, in order. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((word, index) => (args[index - 1] === option ? [word] : []));
}

test('the whole line of a q35 with image, 9p share and hako guest', () => {
  const share: SharedDirectory = {
    tag: 'kataShared',
    hostPath: '/run/a,b',
    transport: 'virtio-9p',
    readonly: false,
  };
  const args = buildArguments(
    vm(
      { image: '/guest/hako-guest.img', defaultVcpus: 2 },
      { shares: [share], kernelParams: [{ key: 'agent.log', value: 'debug' }, { key: 'flag' }] },
    ),
    host({
      firmware: '/usr/share/qemu/qboot.rom',
      manifest: { boot: { initrd: 'stage1.img', kernelParams: ['tsc=reliable', 'reboot=k'] } },
    }),
  );
  expect(args).toEqual([
    ...['-name', 'debug-threads=on,guest=sandbox-pod1'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-pidfile', '/run/hako/pod1/vm/qemu.pid'],
    ...['-chardev', 'socket,id=qmp,fd=3,server=on,wait=off'],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...['-bios', '/usr/share/qemu/qboot.rom'],
    ...['-machine', 'q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off'],
    ...['-accel', 'tcg,tb-size=256'],
    ...['-cpu', 'max,erms=off,fsrm=off,pmu=off'],
    ...['-smp', '2,sockets=4,cores=1,threads=1,maxcpus=4'],
    ...['-m', '2048M,slots=10,maxmem=5120M'],
    ...['-rtc', 'base=utc,driftfix=slew'],
    ...['-device', 'pci-bridge,id=pci-bridge-0,bus=pcie.0,addr=2,chassis_nr=1,shpc=off'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', 'socket,id=agent,fd=4,server=on,wait=off'],
    ...['-device', 'virtio-serial-pci,id=serial0,max_ports=2,romfile='],
    ...['-device', 'virtserialport,id=channel0,chardev=agent,name=agent.channel.0'],
    '-blockdev',
    '{"driver":"file","filename":"/guest/hako-guest.img","node-name":"image-file","read-only":true,"locking":"off"}',
    '-blockdev',
    '{"driver":"raw","file":"image-file","node-name":"image","read-only":true}',
    ...['-device', 'virtio-blk-pci,id=image0,drive=image,share-rw=on,romfile='],
    ...['-object', 'rng-random,id=rng0,filename=/dev/urandom'],
    ...['-device', 'virtio-rng-pci,rng=rng0,bus=pci-bridge-0,addr=1f,romfile='],
    ...['-fsdev', 'local,id=fs0,path=/run/a,,b,security_model=none,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=fs0,mount_tag=kataShared,romfile='],
    ...['-kernel', '/guest/vmlinux'],
    ...['-initrd', '/guest/initrd.img'],
    '-append',
    'tsc=reliable reboot=k console=ttyS0 quiet panic=1 nr_cpus=4 swiotlb=noforce agent.log=debug flag',
  ]);
});

test('by vsock the machine has the address that the kernel gave, and no port but that of a debug console', () => {
  const serial = (args: string[]) => valuesOf(args, '-device').filter((value) => /serial|vsock/.test(value));
  const device = 'vhost-vsock-pci,id=vsock0,guest-cid=77,vhostfd=4,romfile=';
  const args = buildArguments(vm({ useVsock: true }), host({ contextId: 77 }));
  expect(serial(args)).toEqual([device]);
  expect(valuesOf(args, '-chardev').some((value) => value.includes('id=agent'))).toBe(false);
  const withConsole = {
    ...vm({ useVsock: true }),
    kernelParams: [{ key: 'agent.debug_console', value: '' }],
  };
  expect(serial(buildArguments(withConsole, host({ contextId: 77 })))).toEqual([
    device,
    'virtio-serial-pci,id=serial0,max_ports=3,romfile=',
    'virtserialport,id=channel1,chardev=debug-console,name=agent.debug_console',
  ]);
});

test("an image's stage 1 is found through its manifest, unless another is configured", () => {
  const manifest = { boot: { initrd: 'stage1.img', kernelParams: [] } };
  const image = { image: '/guest/hako-guest.img' };
  expect(valuesOf(buildArguments(vm({ ...image, initrd: '' }), host({ manifest })), '-initrd')).toEqual([
    '/guest/stage1.img',
  ]);
  expect(valuesOf(buildArguments(vm({ ...image, initrd: '/own' }), host({ manifest })), '-initrd')).toEqual([
    '/own',
  ]);
});

test('network cards sit on the bridge with their descriptors in QEMU, in order', () => {
  const tap = (id: string, queueFds: number[], vhostFds: number[] = []): NetworkDevice => ({
    kind: 'network',
    id,
    mac: '02:00:00:00:00:01',
    link: { kind: 'tap', queueFds, vhostFds },
  });
  const user: NetworkDevice = {
    kind: 'network',
    id: 'net9',
    mac: '02:00:00:00:00:09',
    link: { kind: 'stream', fd: 50 },
  };
  const devices = [tap('net2', [31, 32], [33, 34]), tap('net3', [40]), user];
  const args = buildArguments(vm({}, { devices }), host());
  expect(valuesOf(args, '-netdev')).toEqual([
    'tap,id=net2-net,fds=5:6,vhost=on,vhostfds=7:8',
    'tap,id=net3-net,fds=9',
    'stream,id=net9-net,server=off,addr.type=fd,addr.str=10',
  ]);
  const card = 'virtio-net-pci,id=';
  expect(valuesOf(args, '-device').filter((value) => value.startsWith(card))).toEqual([
    `${card}net2,netdev=net2-net,mac=02:00:00:00:00:01,mq=on,vectors=6,bus=pci-bridge-0,addr=1,romfile=`,
    `${card}net3,netdev=net3-net,mac=02:00:00:00:00:01,bus=pci-bridge-0,addr=2,romfile=`,
    `${card}net9,netdev=net9-net,mac=02:00:00:00:00:09,bus=pci-bridge-0,addr=3,romfile=`,
  ]);
});

test.each<[string, Partial<HypervisorConfig>, string[], string]>([
  ['pc has its root bus under another name', { machineType: 'pc' }, ['pci.0'], 'pci-bridge-0,addr=1'],
  ['0 bridges are 1', { defaultBridges: 0 }, ['pcie.0'], 'pci-bridge-0,addr=1'],
  ['more than 5 are 5', { defaultBridges: 9 }, new Array<string>(5).fill('pcie.0'), 'pci-bridge-0,addr=1'],
  ['microvm has none, its cards sit on the root bus', { machineType: 'microvm' }, [], 'pcie.0,addr=a'],
])('bridges: %s', (_name, changes, buses, place) => {
  const device: NetworkDevice = {
    kind: 'network',
    id: 'net2',
    mac: '02:00:00:00:00:01',
    link: { kind: 'tap', queueFds: [9], vhostFds: [] },
  };
  const devices = valuesOf(buildArguments(vm(changes, { devices: [device] }), host()), '-device');
  const bridges = devices.filter((value) => value.startsWith('pci-bridge'));
  expect(bridges.map((value) => /bus=([^,]*)/.exec(value)?.[1])).toEqual(buses);
  expect(devices.find((value) => value.startsWith('virtio-net-pci'))).toContain(`,bus=${place},`);
});

const disk = (kind: DiskDevice['kind'], id: string, changes: Partial<DiskDevice> = {}): DiskDevice => ({
  kind,
  id,
  path: `/images/${id}`,
  source: 'file',
  format: 'raw',
  readonly: true,
  aio: 'threads',
  ...changes,
});

test('disks that a microvm starts with: on its PCI bus, behind a controller there, and on virtio-mmio by serial numbers', () => {
  const devices = [
    disk('scsi', 'disk1'),
    disk('scsi', 'disk2', { readonly: false }),
    disk('block', 'disk3', { queues: 1, queueSize: 64, source: 'device' }),
    disk('mmio', 'disk4', { queues: 1, logicalSectorBytes: 512 }),
    disk('mmio', 'disk5', { fd: 77 }),
  ];
  const args = buildArguments(
    vm({ machineType: 'microvm', indepIothreads: 2 }, { devices, shares: [] }),
    host(),
  );
  expect(valuesOf(args, '-device').slice(-6)).toEqual([
    'virtio-scsi-pci,id=scsi0,bus=pcie.0,addr=a,romfile=,iothread=iothread0',
    'scsi-hd,id=disk1,drive=disk1-node,bus=scsi0.0,scsi-id=0,lun=0',
    'scsi-hd,id=disk2,drive=disk2-node,bus=scsi0.0,scsi-id=0,lun=1',
    'virtio-blk-pci,id=disk3,drive=disk3-node,num-queues=1,queue-size=64,bus=pcie.0,addr=b,romfile=,iothread=iothread1',
    'virtio-blk-device,id=disk4,drive=disk4-node,num-queues=1,logical_block_size=512,serial=disk4',
    'virtio-blk-device,id=disk5,drive=disk5-node,serial=disk5',
  ]);
  const file = (name: string, readonly: boolean, driver = 'file') =>
    `raw,node-name=${name}-node,read-only=${readonly ? 'on' : 'off'},file.driver=${driver},file.filename=/images/${name},file.aio=threads`;
  expect(valuesOf(args, '-blockdev').slice(-5)).toEqual([
    file('disk1', true),
    file('disk2', false),
    file('disk3', true, 'host_device'),
    file('disk4', true),
    // QEMU may not open that one.
    file('disk5', true).replace('/images/disk5', '/dev/fdset/5'),
  ]);
  expect(valuesOf(args, '-add-fd')).toEqual(['fd=5,set=5']);
  expect(valuesOf(args, '-global')).toEqual(['virtio-mmio.force-legacy=false']);
  expect(valuesOf(buildArguments(vm({}, { devices: [disk('block', 'disk1')] }), host()), '-global')).toEqual(
    [],
  );
});

test.each([
  ['mmio', 24, 'all 24 places on virtio-mmio are taken'],
  ['block', 22, 'this machine type has 22 places for devices, and all are taken; use q35 or pc'],
] as const)('a microvm has so many places for disks of the kind %s: %i', (kind, most, message) => {
  const args = (count: number) => {
    const devices = Array.from({ length: count }, (_, index) => disk(kind, `disk${index}`));
    return buildArguments(vm({ machineType: 'microvm' }, { devices }), host());
  };
  expect(valuesOf(args(most), '-blockdev')).toHaveLength(most);
  expect(() => args(most + 1)).toThrow(message);
});

const vhostUser = (id: string, part: VhostUserDevice['part']): VhostUserDevice => ({
  kind: 'vhost-user',
  id,
  socket: `/run/${id}.sock`,
  part,
});

test('vhost-user devices have a socket each and share memory; a device of the host is named by its address', () => {
  const devices = [
    vhostUser('net2', { kind: 'network', mac: '02:00:00:00:00:01' }),
    { ...vhostUser('disk1', { kind: 'block', queues: 2, queueSize: 64 }), reconnectSeconds: 5 },
    vhostUser('scsi1', { kind: 'scsi' }),
    vhostUser('fs1', { kind: 'files', tag: 'data' }),
    { kind: 'vfio', id: 'gpu', address: '0000:3b:00.0' } as const,
  ];
  const args = buildArguments(vm({}, { devices }), host());
  expect(valuesOf(args, '-chardev').slice(-4)).toEqual([
    'socket,id=net2-char,path=/run/net2.sock',
    'socket,id=disk1-char,path=/run/disk1.sock,reconnect=5',
    'socket,id=scsi1-char,path=/run/scsi1.sock',
    'socket,id=fs1-char,path=/run/fs1.sock',
  ]);
  expect(valuesOf(args, '-netdev')).toEqual(['vhost-user,id=net2-net,chardev=net2-char']);
  expect(valuesOf(args, '-device').slice(-5)).toEqual([
    'virtio-net-pci,id=net2,netdev=net2-net,mac=02:00:00:00:00:01,bus=pci-bridge-0,addr=1,romfile=',
    'vhost-user-blk-pci,id=disk1,chardev=disk1-char,num-queues=2,queue-size=64,bus=pci-bridge-0,addr=2,romfile=',
    'vhost-user-scsi-pci,id=scsi1,chardev=scsi1-char,bus=pci-bridge-0,addr=3,romfile=',
    'vhost-user-fs-pci,id=fs1,chardev=fs1-char,tag=data,bus=pci-bridge-0,addr=4,romfile=',
    'vfio-pci,id=gpu,host=0000:3b:00.0,bus=pci-bridge-0,addr=5,romfile=',
  ]);
  expect(valuesOf(args, '-object')).toContain('memory-backend-memfd,id=ram0,size=2048M,share=on');
  const alone = buildArguments(vm({}, { devices: devices.slice(-1) }), host());
  expect(valuesOf(alone, '-object').join()).not.toContain('share=on');
});

test.each<[string, Partial<HypervisorConfig>, string[]]>([
  ['cold_plug_vfio, root-port', { coldPlugVfio: 'root-port', pcieRootPort: 2 }, ['rp0,addr=0', 'rp1,addr=0']],
  ['hot_plug_vfio, root-port', { hotPlugVfio: 'root-port', pcieRootPort: 2 }, ['rp0,addr=0', 'rp1,addr=0']],
  ['switch-port', { coldPlugVfio: 'switch-port', pcieSwitchPort: 2 }, ['swdp0,addr=0', 'swdp1,addr=0']],
  [
    'bridge-port',
    { coldPlugVfio: 'bridge-port', pcieRootPort: 2 },
    ['pci-bridge-0,addr=1', 'pci-bridge-0,addr=2'],
  ],
  [
    'pc has bridges only',
    { coldPlugVfio: 'bridge-port', machineType: 'pc' },
    ['pci-bridge-0,addr=1', 'pci-bridge-0,addr=2'],
  ],
])('devices of the host: %s', (_name, changes, places) => {
  const devices = ['a', 'b'].map(
    (id, index) => ({ kind: 'vfio', id, address: `0000:3b:00.${index}` }) as const,
  );
  const args = valuesOf(buildArguments(vm(changes, { devices }), host()), '-device');
  expect(args.slice(-2)).toEqual([
    `vfio-pci,id=a,host=0000:3b:00.0,bus=${places[0]},romfile=`,
    `vfio-pci,id=b,host=0000:3b:00.1,bus=${places[1]},romfile=`,
  ]);
});

test('more devices of the host than ports name the key; those opened by their own files share an iommufd', () => {
  const devices = ['a', 'b'].map(
    (id) => ({ kind: 'vfio', id, address: '0000:3b:00.0', iommufd: true }) as const,
  );
  const cold = { coldPlugVfio: 'root-port', pcieRootPort: 1 } as const;
  expect(() => buildArguments(vm(cold, { devices }), host())).toThrow(
    /1 places of the kind root-port, and all are taken; raise pcie_root_port/,
  );
  const args = buildArguments(vm({ ...cold, pcieRootPort: 2 }, { devices }), host());
  expect(valuesOf(args, '-object').filter((value) => value.startsWith('iommufd'))).toEqual([
    'iommufd,id=iommufd0',
  ]);
  expect(args.indexOf('iommufd,id=iommufd0')).toBeLessThan(
    args.indexOf('vfio-pci,id=a,host=0000:3b:00.0,iommufd=iommufd0,bus=rp0,addr=0,romfile='),
  );
});

test('virtio-fs brings a chardev, a device and shared memory', () => {
  const share: SharedDirectory = { tag: 't', hostPath: '/srv', transport: 'virtio-fs', readonly: false };
  const args = buildArguments(vm({}, { shares: [share] }), host());
  expect(valuesOf(args, '-machine')).toEqual([
    'q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off,memory-backend=ram0',
  ]);
  expect(valuesOf(args, '-object')).toContain('memory-backend-memfd,id=ram0,size=2048M,share=on');
  expect(valuesOf(args, '-chardev')).toContain('socket,id=fs0,fd=5');
  expect(valuesOf(args, '-device')).toContain('vhost-user-fs-pci,chardev=fs0,tag=t,queue-size=1024,romfile=');
});

const rng = 'rng-random,id=rng0,filename=/dev/urandom';
const bridge = 'pci-bridge,id=pci-bridge-0,bus=pcie.0,addr=2,chassis_nr=1,shpc=off';
/** Devices of every machine. */
const always = [
  bridge,
  'virtio-serial-pci,id=serial0,max_ports=2,romfile=',
  'virtserialport,id=channel0,chardev=agent,name=agent.channel.0',
  'virtio-rng-pci,rng=rng0,bus=pci-bridge-0,addr=1f,romfile=',
];

test.each<[string, Partial<HypervisorConfig>, Partial<HostSide>, string, string[]]>([
  ['kvm', {}, { accelerator: 'kvm' }, '-accel', ['kvm']],
  ["kvm's CPU", {}, { accelerator: 'kvm' }, '-cpu', ['host,pmu=off']],
  ["kvm's timer", {}, { accelerator: 'kvm' }, '-global', ['kvm-pit.lost_tick_policy=discard']],
  ["tcg's timer", {}, {}, '-global', []],
  ['no CPU features', { cpuFeatures: '' }, {}, '-cpu', ['max,erms=off,fsrm=off']],
  ['pc', { machineType: 'pc' }, {}, '-machine', ['pc,sata=off,smbus=off,usb=off,hpet=off,vmport=off']],
  ['microvm', { machineType: 'microvm' }, {}, '-machine', ['microvm,pcie=on,rtc=on,usb=off']],
  [
    'microvm plugs no CPUs',
    { machineType: 'microvm' },
    {},
    '-smp',
    ['1,sockets=1,cores=1,threads=1,maxcpus=1'],
  ],
  [
    'machine_accelerators',
    { machineAccelerators: 'pit=off' },
    {},
    '-machine',
    ['q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off,pit=off'],
  ],
  ['memory', { defaultMemoryMib: 512, defaultMaxMemoryMib: 512 }, {}, '-m', ['512M']],
  ['memory_slots', { memorySlots: 3 }, {}, '-m', ['2048M,slots=3,maxmem=5120M']],
  ['default_maxmemory', { defaultMaxMemoryMib: 8192 }, {}, '-m', ['2048M,slots=10,maxmem=9216M']],
  ['memory_offset', { memoryOffsetMib: 100 }, {}, '-m', ['2048M,slots=10,maxmem=5220M']],
  [
    'disks as NVDIMMs have slots behind those of memory, and no room of it',
    { blockDeviceDriver: 'nvdimm', memorySlots: 3 },
    {},
    '-m',
    ['2048M,slots=7,maxmem=5120M'],
  ],
  [
    'an image beside them has its own room',
    { blockDeviceDriver: 'nvdimm', vmRootfsDriver: 'nvdimm', image: '/image', defaultMaxMemoryMib: 2048 },
    { imageSizeBytes: 1 },
    '-m',
    ['2048M,slots=21,maxmem=4096M'],
  ],
  [
    'a machine with NVDIMMs has the table of them',
    { blockDeviceDriver: 'nvdimm' },
    {},
    '-machine',
    ['q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off,nvdimm=on'],
  ],
  ['microvm plugs no memory', { machineType: 'microvm' }, {}, '-m', ['2048M']],
  [
    'enable_mem_prealloc',
    { enableMemPrealloc: true },
    {},
    '-object',
    ['memory-backend-ram,id=ram0,size=2048M,prealloc=on', rng],
  ],
  [
    'enable_hugepages',
    { enableHugepages: true },
    {},
    '-object',
    ['memory-backend-memfd,id=ram0,size=2048M,hugetlb=on,share=on,prealloc=on', rng],
  ],
  [
    'hugepage_type',
    { enableHugepages: true, hugepageType: 'thp' },
    {},
    '-object',
    ['memory-backend-ram,id=ram0,size=2048M,prealloc=on', rng],
  ],
  ['enable_mem_lock', { enableMemLock: true }, {}, '-overcommit', ['mem-lock=on']],
  ['no enable_mem_lock', {}, {}, '-overcommit', []],
  [
    'enable_numa: a node for each of the host',
    { enableNuma: true, defaultMemoryMib: 1000 },
    { numaNodes: [0, 1] },
    '-numa',
    ['node,nodeid=0,memdev=ram0,cpus=0-1', 'node,nodeid=1,memdev=ram1,cpus=2-3'],
  ],
  [
    'numa_mapping: memory of these host nodes, the rest in the last',
    { enableNuma: true, numaMapping: ['0', '1-2'], defaultMemoryMib: 1000 },
    {},
    '-object',
    [
      '{"qom-type":"memory-backend-ram","id":"ram0","size":402653184,"host-nodes":[0],"policy":"bind"}',
      '{"qom-type":"memory-backend-ram","id":"ram1","size":645922816,"host-nodes":[1,2],"policy":"bind"}',
      rng,
    ],
  ],
  [
    'enable_virtio_mem',
    { enableVirtioMem: true },
    {},
    '-object',
    [rng, 'memory-backend-ram,id=virtiomem,size=2048M,reserve=off'],
  ],
  [
    "virtio-mem's device",
    { enableVirtioMem: true, initrd: '/i', image: '' },
    {},
    '-device',
    [...always, 'virtio-mem-pci,id=virtiomem0,memdev=virtiomem,requested-size=0,romfile='],
  ],
  [
    'reclaim_guest_freed_memory',
    { reclaimGuestFreedMemory: true },
    {},
    '-device',
    [...always, 'virtio-balloon-pci,id=balloon0,deflate-on-oom=on,free-page-reporting=on,romfile='],
  ],
  [
    'enable_iommu',
    { enableIommu: true },
    {},
    '-device',
    ['intel-iommu,intremap=on,device-iotlb=on,caching-mode=on', ...always],
  ],
  [
    'software emulation by one thread',
    { enableIommu: true },
    { accelerator: 'tcg-single' },
    '-accel',
    ['tcg,thread=single,tb-size=256'],
  ],
  [
    "enable_iommu's interrupts under KVM",
    { enableIommu: true },
    { accelerator: 'kvm' },
    '-accel',
    ['kvm,kernel-irqchip=split'],
  ],
  [
    'enable_iommu_platform',
    { enableIommuPlatform: true },
    {},
    '-device',
    [
      bridge,
      'virtio-serial-pci,id=serial0,max_ports=2,disable-legacy=on,iommu_platform=on,romfile=',
      'virtserialport,id=channel0,chardev=agent,name=agent.channel.0',
      'virtio-rng-pci,rng=rng0,bus=pci-bridge-0,addr=1f,disable-legacy=on,iommu_platform=on,romfile=',
    ],
  ],
  [
    'pcie_root_port',
    { pcieRootPort: 1 },
    {},
    '-device',
    [
      bridge,
      'pcie-root-port,id=rp0,bus=pcie.0,addr=8,chassis=10,slot=0,mem-reserve=2m,pref64-reserve=2m',
      ...always.slice(1),
    ],
  ],
  [
    'pcie_switch_port',
    { pcieSwitchPort: 1 },
    {},
    '-device',
    [
      bridge,
      'pcie-root-port,id=rp0,bus=pcie.0,addr=8,chassis=10,slot=0',
      'x3130-upstream,id=sw0,bus=rp0',
      'xio3130-downstream,id=swdp0,bus=sw0,addr=0,chassis=30,slot=0',
      ...always.slice(1),
    ],
  ],
  [
    'guest_memory_dump_path',
    { guestMemoryDumpPath: '/dumps' },
    {},
    '-device',
    [bridge, 'pvpanic', ...always.slice(1)],
  ],
  ['a panic is kept for its dump', { guestMemoryDumpPath: '/dumps' }, {}, '-action', ['panic=pause']],
  ['seccompsandbox', { seccompSandbox: 'on,obsolete=deny' }, {}, '-sandbox', ['on,obsolete=deny']],
  [
    'extra_monitor_socket',
    { extraMonitorSocket: 'qmp-pretty', enableDebug: true },
    {},
    '-mon',
    ['chardev=qmp,mode=control', 'chardev=extra-monitor,mode=control,pretty=on'],
  ],
  [
    'extra_monitor_socket hmp',
    { extraMonitorSocket: 'hmp', enableDebug: true },
    {},
    '-mon',
    ['chardev=qmp,mode=control', 'chardev=extra-monitor,mode=readline'],
  ],
  [
    'extra_monitor_socket without debug',
    { extraMonitorSocket: 'hmp' },
    {},
    '-mon',
    ['chardev=qmp,mode=control'],
  ],
  [
    'firmware_volume',
    { firmware: '/code', firmwareVolume: '/vars' },
    { firmware: '/code' },
    '-blockdev',
    [
      '{"driver":"file","filename":"/code","node-name":"pflash0","read-only":true,"locking":"off"}',
      '{"driver":"file","filename":"/vars","node-name":"pflash1","read-only":true,"locking":"off"}',
    ],
  ],
  ['two flash chips take the place of -bios', { pflashes: ['/a', '/b'] }, { firmware: '/q' }, '-bios', []],
  [
    'pflashes',
    { pflashes: ['/a'] },
    {},
    '-machine',
    ['q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off,pflash0=pflash0'],
  ],
  [
    'vm_rootfs_driver nvdimm',
    { image: '/i', initrd: '', vmRootfsDriver: 'nvdimm' },
    { imageSizeBytes: 4096, manifest: { boot: { initrd: 's', kernelParams: [] } } },
    '-device',
    [...always.slice(0, 3), 'nvdimm,id=nv0,memdev=image-memory,unarmed=on', ...always.slice(3)],
  ],
  [
    'an image that is an NVDIMM has an initrd of its own',
    { image: '/guest/i', initrd: '', vmRootfsDriver: 'nvdimm' },
    {
      imageSizeBytes: 4096,
      manifest: { boot: { initrd: 's.img', nvdimmInitrd: 'n.img', kernelParams: [] } },
    },
    '-initrd',
    ['/guest/n.img'],
  ],
  [
    'it takes a slot beside those of memory',
    { image: '/i', initrd: '' },
    { imageSizeBytes: 4096 },
    '-m',
    ['2048M,slots=11,maxmem=5120M'],
  ],
  [
    'also in a machine that gets no further memory',
    { image: '/i', initrd: '', defaultMemoryMib: 512, defaultMaxMemoryMib: 512 },
    { imageSizeBytes: 4096 },
    '-m',
    ['512M,slots=1,maxmem=1536M'],
  ],
  [
    "Kata's image is an NVDIMM",
    { image: '/i', initrd: '' },
    { imageSizeBytes: 4096 },
    '-object',
    ['memory-backend-file,id=image-memory,mem-path=/i,size=4096,share=on,readonly=on', rng],
  ],
  [
    'an NVDIMM is a property of the machine',
    { image: '/i', initrd: '' },
    { imageSizeBytes: 4096 },
    '-machine',
    ['q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off,nvdimm=on'],
  ],
  [
    'disable_image_nvdimm',
    { image: '/i', initrd: '', disableImageNvdimm: true },
    {},
    '-device',
    [...always.slice(0, 3), 'virtio-blk-pci,id=image0,drive=image,share-rw=on,romfile=', ...always.slice(3)],
  ],
  ['virt', { machineType: 'virt' }, {}, '-machine', ['virt,usb=off,gic-version=max']],
  ["virt's CPU", { machineType: 'virt', cpuFeatures: '' }, {}, '-cpu', ['max']],
  ["virt's CPU under KVM", { machineType: 'virt' }, { accelerator: 'kvm' }, '-global', []],
  ['a fraction of a vCPU', { defaultVcpus: 1.5 }, {}, '-smp', ['2,sockets=4,cores=1,threads=1,maxcpus=4']],
  [
    'fewer at most than at boot',
    { defaultVcpus: 6 },
    {},
    '-smp',
    ['6,sockets=6,cores=1,threads=1,maxcpus=6'],
  ],
  [
    'file_mem_backend',
    { fileMemBackend: '/dev/shm' },
    {},
    '-object',
    [
      'memory-backend-file,id=ram0,size=2048M,mem-path=/dev/shm,share=off',
      'rng-random,id=rng0,filename=/dev/urandom',
    ],
  ],
  [
    'entropy_source',
    { entropySource: '/dev/hwrng' },
    {},
    '-object',
    ['rng-random,id=rng0,filename=/dev/hwrng'],
  ],
  ['firmware', {}, { firmware: '/fw' }, '-bios', ['/fw']],
  ['no initrd', { initrd: '' }, {}, '-initrd', []],
])('%s', (_name, config, hostSide, option, values) => {
  expect(valuesOf(buildArguments(vm(config), host(hostSide)), option)).toEqual(values);
});

const base =
  'tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k cryptomgr.notests net.ifnames=0 pci=lastbus=0';

test.each<[string, Partial<HypervisorConfig>, string]>([
  ['an initrd alone', {}, `${base} console=ttyS0 quiet panic=1 nr_cpus=4 swiotlb=noforce`],
  [
    "an ext4 image as Kata's",
    { initrd: '', image: '/i' },
    `${base} root=/dev/pmem0p1 rootflags=dax,data=ordered,errors=remount-ro ro rootfstype=ext4 console=ttyS0 quiet panic=1 nr_cpus=4 swiotlb=noforce`,
  ],
  [
    'dm-verity',
    {
      initrd: '',
      image: '/i',
      disableImageNvdimm: true,
      rootfsType: 'erofs',
      kernelVerityParams: 'root_hash=ab12,salt=cd,data_blocks=8,data_block_size=4096,hash_block_size=4096',
    },
    `${base} dm-mod.create="dm-verity,,,ro,0 64 verity 1 /dev/vda1 /dev/vda2 4096 4096 8 0 sha256 ab12 cd" root=/dev/dm-0 ro rootfstype=erofs console=ttyS0 quiet panic=1 nr_cpus=4 swiotlb=noforce`,
  ],
  [
    'enable_iommu',
    { enableIommu: true },
    `${base} console=ttyS0 quiet panic=1 nr_cpus=4 intel_iommu=on iommu=pt`,
  ],
  [
    'disable_guest_selinux = false',
    { disableGuestSelinux: false },
    `${base} console=ttyS0 quiet panic=1 nr_cpus=4 swiotlb=noforce security=selinux selinux=1`,
  ],
  [
    'virt',
    { machineType: 'virt' },
    'rcupdate.rcu_expedited=1 cryptomgr.notests net.ifnames=0 console=ttyAMA0 quiet panic=1 nr_cpus=1 swiotlb=noforce',
  ],
  [
    'an ext4 image on a disk',
    { initrd: '', image: '/i', disableImageNvdimm: true },
    `${base} root=/dev/vda1 rootflags=data=ordered,errors=remount-ro ro rootfstype=ext4 console=ttyS0 quiet panic=1 nr_cpus=4 swiotlb=noforce`,
  ],
  [
    'an erofs image',
    { initrd: '', image: '/i', rootfsType: 'erofs' },
    `${base} root=/dev/pmem0p1 ro rootfstype=erofs console=ttyS0 quiet panic=1 nr_cpus=4 swiotlb=noforce`,
  ],
  ['debug', { enableDebug: true }, `${base} console=ttyS0 debug panic=1 nr_cpus=4 swiotlb=noforce`],
])('kernel words without a manifest: %s', (_name, config, words) => {
  expect(valuesOf(buildArguments(vm(config), host()), '-append')).toEqual([words]);
});

test("the sandbox's words come last, so that they win", () => {
  const args = buildArguments(vm({}, { kernelParams: [{ key: 'quiet', value: '0' }] }), host());
  expect(valuesOf(args, '-append')[0]).toMatch(/ nr_cpus=4 swiotlb=noforce quiet=0$/);
});

test('a machine that becomes a template has its memory in the file, and what cannot be saved is left out', () => {
  const files = { memory: '/templates/a,b/memory', state: '/templates/a,b/state' };
  const shares: SharedDirectory[] = [
    { tag: 'nine', hostPath: '/run/nine', transport: 'virtio-9p', readonly: false },
    { tag: 'fs', hostPath: '/run/fs', transport: 'virtio-fs', readonly: false },
  ];
  const tap: NetworkDevice = {
    kind: 'network',
    id: 'net0',
    mac: '02:00:00:00:00:01',
    link: { kind: 'tap', queueFds: [9], vhostFds: [] },
  };
  const line = (rest: Partial<VmConfig>) => buildArguments(vm({}, { devices: [tap], ...rest }), host());

  const saved = line({ shares, template: { role: 'save', files } });
  const memoryOf = (args: readonly string[]) =>
    valuesOf(args, '-object').find((value) => value.includes('id=ram0'));
  expect(memoryOf(saved)).toBe(
    'memory-backend-file,id=ram0,size=2048M,mem-path=/templates/a,,b/memory,share=on',
  );
  expect(saved.join(' ')).not.toMatch(/vhost-user-fs|id=fs1|virtio-net|-incoming/);
  expect(valuesOf(saved, '-fsdev')).toHaveLength(1);

  // The pages of one that has all its shares inside QEMU are the template's until it writes.
  const clone = line({ shares: shares.slice(0, 1), template: { role: 'clone', files } });
  expect(memoryOf(clone)).toBe(
    'memory-backend-file,id=ram0,size=2048M,mem-path=/templates/a,,b/memory,share=off',
  );
  expect(valuesOf(clone, '-incoming')).toEqual(['defer']);
  expect(clone.join(' ')).not.toMatch(/virtio-net/);

  const own = line({ shares, template: { role: 'clone', files } });
  expect(memoryOf(own)).toBe(
    'memory-backend-file,id=ram0,size=2048M,mem-path=/run/hako/pod1/vm/memory,share=on',
  );
  expect(valuesOf(own, '-chardev').at(-1)).toBe('socket,id=fs1,fd=5');
  expect(own.join(' ')).not.toContain('vhost-user-fs');
});

test('the guest is told how fast its time stamp counter is, where the host knows it', () => {
  const words = (machineType: 'q35' | 'virt', tscKhz?: number) =>
    valuesOf(
      buildArguments(vm({ machineType }), host(tscKhz === undefined ? {} : { tscKhz })),
      '-append',
    ).join();
  expect(words('q35', 2_445_430)).toMatch(/ tsc_early_khz=2445430( |$)/);
  expect(words('q35')).not.toContain('tsc_early_khz');
  expect(words('virt', 2_445_430)).not.toContain('tsc_early_khz');
});

test("QEMU of another user writes no file of its pid, and is found by the file's path all the same", () => {
  const args = buildArguments(vm({ rootless: true }), host());
  expect(valuesOf(args, '-name')).toEqual(['debug-threads=on,guest=/run/hako/pod1/vm/qemu.pid']);
  expect(valuesOf(args, '-pidfile')).toEqual([]);
});

test('a debug console has a port after that of the agent, and a socket beside those of share and monitor', () => {
  const { runtimeDir } = vm();
  const share: SharedDirectory = { tag: 't', hostPath: '/srv', transport: 'virtio-fs', readonly: false };
  const config = vm(
    { enableDebug: true, extraMonitorSocket: 'hmp' },
    { kernelParams: [{ key: 'agent.debug_console' }], shares: [share] },
  );
  expect(socketsOf(config).all).toEqual([
    { path: `${runtimeDir}/fs0.sock`, end: 'connected' },
    { path: `${runtimeDir}/con.sock`, end: 'listening' },
    { path: `${runtimeDir}/extra-monitor.sock`, end: 'listening' },
  ]);
  const args = buildArguments(config, host());
  expect(valuesOf(args, '-device')).toEqual(
    expect.arrayContaining([
      'virtio-serial-pci,id=serial0,max_ports=3,romfile=',
      'virtserialport,id=channel1,chardev=debug-console,name=agent.debug_console',
    ]),
  );
  expect(valuesOf(args, '-chardev').filter((value) => value.includes('fd='))).toEqual([
    'socket,id=qmp,fd=3,server=on,wait=off',
    'socket,id=extra-monitor,fd=7,server=on,wait=off',
    'socket,id=agent,fd=4,server=on,wait=off',
    'socket,id=debug-console,fd=6,server=on,wait=off',
    'socket,id=fs0,fd=5',
  ]);
});
