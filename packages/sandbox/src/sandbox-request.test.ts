import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { sandboxRequest } from './sandbox-request.ts';
import { plainTranslation } from './testing/plain-translation.ts';

function nameOf(spec: object): string | undefined {
  const { container, sandbox } = plainTranslation({ bundlePath: '/bundle', containerId: 'c1', spec });
  return sandboxRequest(container, sandbox, { shares: [] }).hostname;
}

test('the guest has the container’s name; the host’s, where the container is in its namespace', () => {
  expect(nameOf({ hostname: 'box', linux: { namespaces: [{ type: 'uts' }] } })).toBe('box');
  expect(nameOf({ linux: { namespaces: [{ type: 'uts' }] } })).toBe('');
  expect(nameOf({ linux: { namespaces: [{ type: 'pid' }] } })).toBe(hostname());
});
