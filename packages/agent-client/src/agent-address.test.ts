import { expect, test } from 'vitest';
import { type AgentAddress, formatAgentAddress, parseAgentAddress } from './agent-address.ts';

test.each<[string, AgentAddress]>([
  ['unix:///run/x/port.sock', { kind: 'unix', path: '/run/x/port.sock' }],
  ['remote:/run/x', { kind: 'unix', path: '/run/x' }],
  ['mock:///run/x', { kind: 'unix', path: '/run/x' }],
  ['hvsock:///run/x:y:1024', { kind: 'hybrid-vsock', path: '/run/x:y', port: 1024 }],
  ['vsock://3:1024', { kind: 'vsock', contextId: 3, port: 1024 }],
])('%s', (text, address) => {
  expect(parseAgentAddress(text)).toEqual(address);
  expect(parseAgentAddress(formatAgentAddress(address))).toEqual(address);
});

test.each([
  '',
  'tcp://localhost:1',
  'unix://relative',
  'hvsock:///run/x',
  'vsock://x:1',
  'vsock://3',
  'vsock://3:99999999999',
  'unix:///zero\0byte',
  `unix:///${'x'.repeat(107)}`,
])('%j is refused', (text) => {
  expect(() => parseAgentAddress(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
