import { closeSync, fstatSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { claimContextId } from './claim-context-id.ts';
import { posixError } from './posix-error.ts';

const open = () => openSync('/dev/null', 'r+');

test('an address that is taken is not asked for twice, and the descriptor is the one it was given to', () => {
  const asked: number[] = [];
  const { fd, contextId } = claimContextId({
    open,
    setContextId: (_fd, id) => {
      asked.push(id);
      if (asked.length < 3) throw posixError('ioctl', constants.errno.EADDRINUSE);
    },
  });
  expect(asked).toHaveLength(3);
  expect(new Set(asked).size).toBe(3);
  expect(contextId).toBe(asked[2]);
  for (const id of asked) expect(id > 2 && id < 0xffff_ffff).toBe(true);
  closeSync(fd);
});

test('what the kernel refuses closes the device', () => {
  let used = -1;
  const refuse = () =>
    claimContextId({
      open,
      setContextId: (fd) => {
        used = fd;
        throw posixError('ioctl', constants.errno.EINVAL);
      },
    });
  expect(refuse).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  expect(() => fstatSync(used)).toThrow(/EBADF/);
});
