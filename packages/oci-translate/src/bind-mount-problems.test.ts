import { defaultRuntimeConfig } from '@hako/config';
import type { Origin } from '@hako/shape';
import { expect, test } from 'vitest';
import { bindMountProblems } from './bind-mount-problems.ts';
import { translate } from './index.ts';

const key = 'runtime.sandbox_bind_mounts';
const annotation = `io.katacontainers.config.${key}`;
const there = (path: string) => (path === '/there' ? path : undefined);

function problems(sandboxBindMounts: readonly string[], origin: Origin) {
  const { runtime } = defaultRuntimeConfig();
  const config = { runtime: { ...runtime, sandboxBindMounts } };
  return bindMountProblems(config, { 'runtime.sandboxBindMounts': origin }, there);
}

test('each path that is not there is named, with the place that names it', () => {
  const file = '/etc/hako/configuration.toml';
  const place = { severity: 'error', code: 'config/missing-path', file, line: 3, field: key };
  expect(
    problems(['/no/such:rw', '/there', '/there:rw', '/nor'], { kind: 'file', file, line: 3, key }),
  ).toMatchObject([
    { ...place, value: '/no/such:rw', rule: 'must exist on this host' },
    { ...place, value: '/nor' },
  ]);
});

test('a container whose annotation names such a path is refused, where the operator lets annotations name any', () => {
  const config = defaultRuntimeConfig();
  const asked = (annotations: Record<string, string>, type = 'pod_sandbox') => ({
    specText: JSON.stringify({
      ociVersion: '1.2.0',
      process: { cwd: '/', args: ['sh'] },
      root: { path: 'rootfs' },
      annotations: {
        'io.kubernetes.cri.container-type': type === 'pod_sandbox' ? 'sandbox' : 'container',
        'io.kubernetes.cri.sandbox-id': 'pod',
        ...annotations,
      },
    }),
    bundlePath: '/b',
    containerId: 'c',
    config: {
      ...config,
      hypervisor: { ...config.hypervisor, enableAnnotations: ['runtime\\.sandbox_bind_mounts'] },
    },
    host: { numCpus: 1, canonicalPath: there },
  });
  expect(() => translate(asked({ [annotation]: '/nor /there:rw' }))).toThrow(
    `${annotation} "/nor": must exist on this host; make it, or take it out of the list`,
  );
  expect(translate(asked({ [annotation]: '/there:rw' })).sandbox.runtime.sandboxBindMounts).toEqual([
    '/there:rw',
  ]);
  // A further member of a pod is made in a machine that has its own.
  expect(translate(asked({ [annotation]: '/nor' }, 'pod_container')).sandbox.id).toBe('pod');
});
