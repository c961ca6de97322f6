import { expect, test } from 'vitest';
import { encodeVsockAddress } from './vsock.ts';

// Connecting is tested where a kernel has vsock: in a guest (@hako/guest-agent, test/vm).
test('an address as the kernel reads it', () => {
  expect(Buffer.from(encodeVsockAddress({ contextId: 0xfffffffe, port: 1024 })).toString('hex')).toBe(
    '28000000' + '00040000' + 'feffffff' + '00000000',
  );
});
