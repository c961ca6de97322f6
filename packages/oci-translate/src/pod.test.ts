import { defaultRuntimeConfig } from '@hako/config';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TranslateError } from './error.ts';
import { explain } from './explain.ts';
import { readPod } from './pod.ts';

const manifest = `
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    io.katacontainers.config.hypervisor.default_memory: "512"
spec:
  runtimeClassName: hako
  overhead: { cpu: 250m, memory: 120Mi }
  containers:
    - name: nginx
      resources: { limits: { cpu: 500m, memory: 128Mi }, requests: { cpu: 250m } }
    - name: log
      resources: { limits: { cpu: "1", memory: 64Mi } }
`;

test('limits are added up as the CRI does, and the explanation shows them', () => {
  const pod = readPod(manifest);
  expect(pod).toMatchObject({ name: 'default/web', containers: ['nginx', 'log'] });
  expect(pod.spec.annotations).toMatchObject({
    'io.kubernetes.cri.sandbox-cpu-quota': '175000',
    'io.kubernetes.cri.sandbox-memory': String(312 * 2 ** 20),
  });
  const base = defaultRuntimeConfig();
  const config = { ...base, runtime: { ...base.runtime, staticSandboxResourceMgmt: true } };
  const { sandbox } = explain({
    spec: pod.spec,
    bundlePath: '/b',
    containerId: 'web',
    config,
    host: { numCpus: 8 },
  });
  expect(sandbox?.size).toMatchObject({
    vcpus: 3,
    memoryMib: 824,
    vcpusFormula:
      'default_vcpus 1 + 1.75 (CPU limit of the pod, 175000 of 100000 microseconds) = 2.75, rounded up to 3',
  });
});

test('a container without a limit takes the limit from the pod', () => {
  const pod = readPod(manifest.replace('limits: { cpu: "1", memory: 64Mi }', ''));
  expect(pod.spec.annotations).toMatchObject({
    'io.kubernetes.cri.sandbox-cpu-quota': '0',
    'io.kubernetes.cri.sandbox-memory': '0',
  });
});

test('a deployment as JSON', () => {
  const template = { metadata: { name: 'x' }, spec: { containers: [{ name: 'a' }], hostNetwork: true } };
  expect(readPod(JSON.stringify({ kind: 'Deployment', spec: { template } }))).toMatchObject({
    name: 'default/x',
    spec: { linux: { namespaces: [] } },
  });
});

test.each([
  ['kind: Service', 'pod.yaml: kind "Service": must be one of Pod, '],
  ['kind: Pod\nspec: {containers: 3}', 'pod.yaml: spec.containers "3": must be an array, not a number'],
  [
    'kind: Pod\nmetadata: {annotations: {a: 1}}\nspec: {containers: []}',
    'pod.yaml: metadata.annotations.a "1": must be a string, not a number',
  ],
  [
    'kind: Pod\nspec: {containers: [{resources: {limits: {cpu: lots}}}]}',
    'pod.yaml: spec.containers[0].resources.limits.cpu "lots": must be a quantity',
  ],
  ['kind: Pod\nkind: Pod', 'pod.yaml:2:1: must be YAML or JSON: Map keys must be unique'],
  ['a: [', 'pod.yaml:1:5: must be YAML or JSON'],
  ['', 'pod.yaml: must be an object'],
  [`a: &a [x]\nb: [${'*a, '.repeat(101)}]`, 'pod.yaml: must not have more than 100 aliases'],
])('%j is refused: %s', (text, message) => {
  expect(() => readPod(text)).toThrow(message);
});

test('nothing but a TranslateError is thrown', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.constant(manifest).map((text) => text.slice(0, 200)),
      ),
      (text) => {
        try {
          readPod(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TranslateError);
        }
      },
    ),
  );
});
