import { expect, test } from 'vitest';
import { EXEC_PROCESS_TYPE, execProcessSpec, readExecProcess } from './exec-process.ts';

const encode = (text: string) => new TextEncoder().encode(text);

test('a process is read and checked', async () => {
  const value = encode('{"user":{"uid":1,"gid":2},"args":["id"],"cwd":"/"}');
  expect(await readExecProcess({ typeUrl: EXEC_PROCESS_TYPE, value })).toMatchObject({
    process: { args: ['id'], cwd: '/' },
  });
});

test('another type, and none, are refused by name', async () => {
  await expect(readExecProcess(undefined)).rejects.toMatchObject({ code: 'bad-request' });
  await expect(readExecProcess({ typeUrl: 'x.Y', value: encode('{}') })).rejects.toThrow('"x.Y"');
});

test('every bad member is named', async () => {
  const value = encode('{"user":{"uid":-1,"gid":2},"args":"id","cwd":7}');
  const reading = readExecProcess({ typeUrl: EXEC_PROCESS_TYPE, value });
  await expect(reading).rejects.toMatchObject({
    facts: {
      problems: expect.arrayContaining([
        expect.objectContaining({ field: expect.stringContaining('uid') }),
        expect.objectContaining({ field: expect.stringContaining('args') }),
        expect.objectContaining({ field: expect.stringContaining('cwd') }),
      ]),
    },
  });
});

test('a limit of 2^64 - 1 goes there and back exactly', async () => {
  const process = {
    user: { uid: 0, gid: 0 },
    args: ['id'],
    cwd: '/',
    rlimits: [{ type: 'RLIMIT_CORE', soft: 18446744073709551615n, hard: 18446744073709551615n }],
  };
  expect(await readExecProcess(execProcessSpec(process))).toEqual({ process });
  expect(await readExecProcess(execProcessSpec(process, { pid: 4711 }))).toEqual({
    process,
    standIn: { pid: 4711 },
  });
  const standIn = { pid: 4711, fds: { orders: 12, signals: 130 } };
  expect(await readExecProcess(execProcessSpec(process, standIn))).toEqual({ process, standIn });
});

test('a detached process without a stand-in is refused', async () => {
  const { typeUrl } = execProcessSpec({ user: { uid: 0, gid: 0 }, args: ['id'], cwd: '/' }, { pid: 1 });
  await expect(readExecProcess({ typeUrl, value: encode('{}') })).rejects.toMatchObject({
    code: 'bad-request',
  });
});
