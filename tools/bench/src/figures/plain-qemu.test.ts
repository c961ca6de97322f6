import { expect, test } from 'vitest';
import { plainArguments } from './plain-qemu.ts';

test('shares and the monitor go, agent, console and card are elsewhere, all else stays', () => {
  const sandbox = [
    ...[
      '-machine',
      'q35',
      '-pidfile',
      '/run/x/qemu.pid',
      '-chardev',
      'socket,id=qmp,fd=3',
      '-mon',
      'chardev=qmp',
    ],
    ...['-chardev', 'socket,id=agent,fd=4', '-chardev', 'socket,id=debug-console,fd=6,server=on,wait=off'],
    ...['-chardev', 'socket,id=fs0,path=/run/x/fs0', '-device', 'vhost-user-fs-pci,chardev=fs0'],
    ...['-fsdev', 'local,id=fs1,path=/share', '-device', 'virtio-9p-pci,fsdev=fs1'],
    ...['-netdev', 'tap,id=network0,fd=9,vhost=off', '-device', 'virtio-net-pci,netdev=network0'],
  ];
  expect(plainArguments(sandbox, 'tap7', { agent: '/a', console: '/c' })).toEqual([
    ...['-machine', 'q35', '-chardev', 'null,id=qmp', '-mon', 'chardev=qmp'],
    ...[
      '-chardev',
      'socket,id=agent,path=/a,server=off',
      '-chardev',
      'socket,id=debug-console,path=/c,server=on,wait=off',
    ],
    ...[
      '-netdev',
      'tap,id=network0,ifname=tap7,script=no,downscript=no',
      '-device',
      'virtio-net-pci,netdev=network0',
    ],
  ]);
});
