import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import { PosixError } from '@hako/posix';
import { expect, test } from 'vitest';
import { openVsock } from './vsock-transport.ts';

const address = { kind: 'vsock', contextId: 3, port: 1024 } as const;

const failing = (code: 'ETIMEDOUT' | 'EAFNOSUPPORT' | 'EACCES') => () =>
  Promise.reject(
    new PosixError(code, `connect failed with ${code}`, {
      facts: { syscall: 'connect', errno: constants.errno[code] },
    }),
  );

test.each([
  ['ETIMEDOUT', 'timeout'],
  ['EAFNOSUPPORT', 'unsupported'],
  ['EACCES', 'unreachable'],
] as const)('%s is %s, with the address and its cause', async (errno, code) => {
  await expect(openVsock(address, {}, failing(errno))).rejects.toMatchObject({
    name: 'AgentError',
    code,
    facts: { address: 'vsock://3:1024' },
    cause: { code: errno },
  });
});

test('the deadline and the address are the connection’s', async () => {
  const stream = new PassThrough();
  const asked: unknown[] = [];
  const connect = (...words: unknown[]) => {
    asked.push(...words);
    return Promise.resolve(stream);
  };
  expect(await openVsock(address, { timeoutMs: 5 }, connect)).toBe(stream);
  expect(asked).toEqual([address, { timeoutMs: 5 }]);
});

test('a signal', async () => {
  await expect(openVsock(address, { signal: AbortSignal.abort() }, failing('EACCES'))).rejects.toMatchObject({
    code: 'cancelled',
  });
});
