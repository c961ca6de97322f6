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

test('of a stream the one pod counts; empty documents, other kinds and bytes are fine', () => {
  const service = 'kind: Service\nmetadata: {name: s}\n';
  const deployment = 'kind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: []}}}\n';
  const stream = `---\n${service}---\n${deployment}---\n`;
  expect(readPod(new TextEncoder().encode(stream))).toMatchObject({ name: 'default/d' });
  expect(() => readPod(`${manifest}\n---\n${deployment}`)).toThrow(
    'pod.yaml: "Pod, Deployment": must hold one pod, not several',
  );
});

const bomb = 'abcdefgh'
  .split('')
  .map(
    (name, index) =>
      `${name}: &${name} [${Array(9)
        .fill(index === 0 ? 'x' : `*${'abcdefgh'[index - 1]}`)
        .join()}]`,
  )
  .join('\n');

test.each<[string, string | Uint8Array, string]>([
  ['an alias bomb', bomb, 'pod.yaml: must not use aliases like this'],
  ['an alias of itself', 'a: &a [*a]\nkind: Pod', 'pod.yaml: '],
  ['deep nesting', '['.repeat(100_000), 'must not be nested that deeply'],
  ['deep JSON', '{"a":'.repeat(50_000), 'must not be nested that deeply'],
  [
    'many keys',
    Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join('\n'),
    'kind "": must be one of',
  ],
  ['many documents', '---\n'.repeat(200_000), 'must not hold more than 1000 documents'],
  ['a text that is too long', 'x'.repeat(2 ** 20 + 1), 'must not be longer than 1048576 bytes'],
  ['64 MiB', new Uint8Array(2 ** 26), 'must not be longer than 1048576 bytes'],
  [
    'bytes that are no UTF-8',
    new Uint8Array([0x6b, 0x0a, 0xff]),
    'pod.yaml:2: must be UTF-8, but byte 2 is not',
  ],
  ['NUL', 'kind: "a\0"', 'pod.yaml: kind "a\\x00": must be one of'],
])('%s ends in an error soon', (_name, text, said) => {
  const start = performance.now();
  expect(() => readPod(text)).toThrow(expect.toSatisfy((error) => error instanceof TranslateError));
  expect(() => readPod(text)).toThrow(said);
  expect(performance.now() - start).toBeLessThan(40_000);
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
