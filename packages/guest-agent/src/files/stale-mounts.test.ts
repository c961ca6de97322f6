import { expect, test } from 'vitest';
import { RecordingMachine } from '../../test/recording-machine.ts';
import { unmountStaleShares } from './stale-mounts.ts';

test('what answers stays, and so does what is no share', () => {
  const machine = new RecordingMachine();
  const mounts = [
    'tag /proc/self virtiofs rw 0 0',
    'tag /proc/gone virtiofs rw 0 0',
    'tag /proc/gone/below virtiofs rw 0 0',
    'tag /elsewhere virtiofs rw 0 0',
    'tmpfs /proc/away tmpfs rw 0 0',
  ].join('\n');
  unmountStaleShares(machine, '/proc', mounts);
  expect(new Set(machine.log)).toEqual(new Set(['unmount /proc/gone/below', 'unmount /proc/gone']));
});
