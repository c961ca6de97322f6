import { expect, it } from 'vitest';
import { floorArguments } from './floor-arguments.ts';

it('keeps the machine and drops what is hako’s', () => {
  const sandbox = [
    ...['-name', 'sandbox-x', '--machine', 'q35,memory-backend=ram', '-accel', 'tcg', '-m', '256M'],
    ...['-object', 'memory-backend-memfd,id=ram,size=256M,share=on', '-object', 'rng-random,id=rng0'],
    ...[
      '-nodefaults',
      '-qmp',
      'unix:fd=3',
      '-kernel',
      'vmlinux',
      '-initrd',
      'initrd.img',
      '-append',
      'quiet panic=1',
    ],
    ...['-device', 'vhost-user-fs-pci,tag=kataShared'],
  ];
  expect(floorArguments(sandbox, 'probe.img', '/s')).toEqual([
    ...['-machine', 'q35,memory-backend=ram', '-accel', 'tcg', '-m', '256M'],
    ...['-object', 'memory-backend-memfd,id=ram,size=256M,share=on', '-nodefaults'],
    ...['-kernel', 'vmlinux', '-append', 'quiet panic=1', '-initrd', 'probe.img', '-serial', 'null'],
    ...['-chardev', 'socket,id=floor,path=/s,server=off'],
    ...[
      '-device',
      'virtio-serial-pci,max_ports=2,romfile=',
      '-device',
      'virtserialport,chardev=floor,name=agent.channel.0',
    ],
  ]);
});
