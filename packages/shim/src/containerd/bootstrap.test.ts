import { Any, BootstrapParams, BootstrapResult, packAny, RuntimeOptions } from '@hako/task-protocol';
import { expect, test } from 'vitest';
import { bootstrapAnswer, readBootstrap } from './bootstrap.ts';

const args = {
  action: 'start' as const,
  namespace: 'k8s.io',
  id: 'c1',
  address: '/c.sock',
  bundle: '/b',
  debug: false,
};
const options = packAny(RuntimeOptions, { configPath: '/c.toml' });

test('up to containerd 1.6: options or nothing on stdin, an address as the answer', () => {
  const environment = { TTRPC_ADDRESS: '/c.sock.ttrpc' };
  expect(readBootstrap(new Uint8Array(), args, environment)).toMatchObject({
    options: undefined,
    ttrpcAddress: '/c.sock.ttrpc',
    answer: 'text',
  });
  const { options: read, answer } = readBootstrap(Any.encode(options), args, environment);
  expect(read).toEqual(options);
  expect(bootstrapAnswer('unix:///s', answer, environment)).toBe('unix:///s');
});

test('containerd 1.7 to 2.2: JSON with the version that is asked for', () => {
  const environment = { MAX_SHIM_VERSION: '2' };
  const { answer } = readBootstrap(Any.encode(options), args, environment);
  const told = (version: string) =>
    JSON.parse(String(bootstrapAnswer('unix:///s', answer, { MAX_SHIM_VERSION: version })));
  expect(told('2')).toEqual({ version: 2, address: 'unix:///s', protocol: 'ttrpc' });
  expect(told('7').version).toBe(3);
  expect(told('x').version).toBe(2);
});

test('containerd 2.3: parameters as protobuf, which choose the folder of the socket', () => {
  const params = BootstrapParams.encode({
    instanceId: 'c1',
    namespace: 'k8s.io',
    logLevel: -4,
    containerdTtrpcAddress: '/t',
    socketDir: '/run/s',
    extensions: [{ value: options }],
  });
  const read = readBootstrap(params, args, {});
  expect(read).toEqual({ options, socketDir: '/run/s', ttrpcAddress: '/t', debug: true, answer: 'protobuf' });
  const answer = bootstrapAnswer('unix:///s', read.answer, {}) as Uint8Array;
  expect(BootstrapResult.decode(answer)).toMatchObject({
    version: 3,
    address: 'unix:///s',
    protocol: 'ttrpc',
  });
});

test('parameters of somebody else are not taken for those of this task', () => {
  const params = BootstrapParams.encode({ instanceId: 'other', namespace: 'k8s.io' });
  expect(readBootstrap(params, args, {}).answer).toBe('text');
});
