import { expect, test } from 'vitest';
import { RecordingMachine } from '../test/recording-machine.ts';
import { unmountBelow } from './unmount-below.ts';

test('unmounts a folder’s mounts and no others, the deepest first', () => {
  const machine = new RecordingMachine();
  const mounts = [
    '/s virtiofs',
    '/s/a virtiofs',
    '/s/a/rootfs virtiofs',
    '/s/a/m\\040x virtiofs',
    '/s/ab virtiofs',
  ];
  unmountBelow(machine, '/s/a', mounts.map((line) => `none ${line} rw 0 0\n`).join(''));
  expect(machine.log).toEqual(['unmount /s/a/rootfs', 'unmount /s/a/m x', 'unmount /s/a']);
});
