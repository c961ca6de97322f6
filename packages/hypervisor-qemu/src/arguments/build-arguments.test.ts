import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import type { NetworkDevice, SharedDirectory, VmConfig } from '@hako/hypervisor';
import { expect, test } from 'vitest';
import { buildArguments, type HostSide } from './build-arguments.ts';

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
    hypervisor: { ...hypervisor, defaultMaxVcpus: 4, ...changes },
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
    firstDeviceFd: 5,
    shareSockets: new Map(),
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
    ...['-name', 'guest=sandbox-pod1,debug-threads=on'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-pidfile', '/run/hako/pod1/vm/qemu.pid'],
    ...['-machine', 'q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off'],
    ...['-accel', 'tcg'],
    ...['-cpu', 'max,erms=off,fsrm=off,pmu=off'],
    ...['-m', '2048M'],
    ...['-smp', '2,sockets=4,cores=1,threads=1,maxcpus=4'],
    ...['-rtc', 'base=utc,driftfix=slew'],
    ...['-chardev', 'socket,id=qmp,fd=3,server=on,wait=off'],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-device', 'pci-bridge,id=pci-bridge-0,bus=pcie.0,addr=2,chassis_nr=1,shpc=off'],
    ...['-chardev', 'socket,id=agent,fd=4,server=on,wait=off'],
    ...['-device', 'virtio-serial-pci,id=serial0,max_ports=2,romfile='],
    ...['-device', 'virtserialport,id=channel0,chardev=agent,name=agent.channel.0'],
    '-blockdev',
    '{"driver":"file","filename":"/guest/hako-guest.img","node-name":"image-file","read-only":true,"locking":"off"}',
    '-blockdev',
    '{"driver":"raw","file":"image-file","node-name":"image","read-only":true}',
    ...['-device', 'virtio-blk-pci,id=image0,drive=image,share-rw=on,romfile='],
    ...['-object', 'rng-random,id=rng0,filename=/dev/urandom'],
    ...['-device', 'virtio-rng-pci,rng=rng0,romfile='],
    ...['-fsdev', 'local,id=fs0,path=/run/a,,b,security_model=none,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=fs0,mount_tag=kataShared,romfile='],
    ...['-kernel', '/guest/vmlinux'],
    ...['-initrd', '/guest/initrd.img'],
    ...['-append', 'tsc=reliable reboot=k console=ttyS0 quiet panic=1 nr_cpus=4 agent.log=debug flag'],
    ...['-bios', '/usr/share/qemu/qboot.rom'],
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
    link: { kind: 'socket', path: '/run/p,t' },
  };
  const devices = [tap('net2', [31, 32], [33, 34]), tap('net3', [40]), user];
  const args = buildArguments(vm({}, { devices }), host());
  expect(valuesOf(args, '-netdev')).toEqual([
    'tap,id=net2-net,fds=5:6,vhost=on,vhostfds=7:8',
    'tap,id=net3-net,fds=9',
    'stream,id=net9-net,server=off,addr.type=unix,addr.path=/run/p,,t',
  ]);
  const card = 'virtio-net-pci,id=';
  expect(valuesOf(args, '-device').filter((value) => value.startsWith(card))).toEqual([
    `${card}net2,netdev=net2-net,mac=02:00:00:00:00:01,mq=on,vectors=6,bus=pci-bridge-0,addr=1,romfile=`,
    `${card}net3,netdev=net3-net,mac=02:00:00:00:00:01,bus=pci-bridge-0,addr=2,romfile=`,
    `${card}net9,netdev=net9-net,mac=02:00:00:00:00:09,bus=pci-bridge-0,addr=3,romfile=`,
  ]);
});

test.each<[string, Partial<HypervisorConfig>, string[]]>([
  ['pc has its root bus under another name', { machineType: 'pc' }, ['pci.0']],
  ['0 bridges are 1', { defaultBridges: 0 }, ['pcie.0']],
  ['more than 5 are 5', { defaultBridges: 9 }, new Array<string>(5).fill('pcie.0')],
  ['microvm has none, its cards sit on the root bus', { machineType: 'microvm' }, []],
])('bridges: %s', (_name, changes, buses) => {
  const device: NetworkDevice = {
    kind: 'network',
    id: 'net2',
    mac: '02:00:00:00:00:01',
    link: { kind: 'tap', queueFds: [9], vhostFds: [] },
  };
  const devices = valuesOf(buildArguments(vm(changes, { devices: [device] }), host()), '-device');
  const bridges = devices.filter((value) => value.startsWith('pci-bridge'));
  expect(bridges.map((value) => /bus=([^,]*)/.exec(value)?.[1])).toEqual(buses);
  expect(devices.some((value) => /^virtio-net-pci.*bus=/.test(value))).toBe(buses.length > 0);
});

test('virtio-fs brings a chardev, a device and shared memory', () => {
  const share: SharedDirectory = { tag: 't', hostPath: '/srv', transport: 'virtio-fs', readonly: false };
  const args = buildArguments(
    vm({}, { shares: [share] }),
    host({ shareSockets: new Map([['t', '/run/fs0.sock']]) }),
  );
  expect(valuesOf(args, '-machine')).toEqual([
    'q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off,memory-backend=ram0',
  ]);
  expect(valuesOf(args, '-object')).toContain('memory-backend-memfd,id=ram0,size=2048M,share=on');
  expect(valuesOf(args, '-chardev')).toContain('socket,id=fs0,path=/run/fs0.sock');
  expect(valuesOf(args, '-device')).toContain('vhost-user-fs-pci,chardev=fs0,tag=t,queue-size=1024,romfile=');
  expect(() => buildArguments(vm({}, { shares: [share] }), host())).toThrow(RangeError);
});

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
  ['memory', { defaultMemoryMib: 512 }, {}, '-m', ['512M']],
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
      'memory-backend-file,id=ram0,mem-path=/dev/shm,size=2048M,share=off',
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
  ['an initrd alone', {}, `${base} console=ttyS0 quiet panic=1 nr_cpus=4`],
  [
    "an ext4 image as Kata's",
    { initrd: '', image: '/i' },
    `${base} root=/dev/vda1 rootflags=data=ordered,errors=remount-ro ro rootfstype=ext4 console=ttyS0 quiet panic=1 nr_cpus=4`,
  ],
  [
    'an erofs image',
    { initrd: '', image: '/i', rootfsType: 'erofs' },
    `${base} root=/dev/vda1 ro rootfstype=erofs console=ttyS0 quiet panic=1 nr_cpus=4`,
  ],
  ['debug', { enableDebug: true }, `${base} console=ttyS0 debug panic=1 nr_cpus=4`],
])('kernel words without a manifest: %s', (_name, config, words) => {
  expect(valuesOf(buildArguments(vm(config), host()), '-append')).toEqual([words]);
});

test("the sandbox's words come last, so that they win", () => {
  const args = buildArguments(vm({}, { kernelParams: [{ key: 'quiet', value: '0' }] }), host());
  expect(valuesOf(args, '-append')[0]).toMatch(/ nr_cpus=4 quiet=0$/);
});
