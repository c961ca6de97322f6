import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate as validateDaemonSet } from 'kubernetes-models/_schemas/IoK8sApiAppsV1DaemonSet';
import { validate as validatePod } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Pod';
import { validate as validateRuntimeClass } from 'kubernetes-models/_schemas/IoK8sApiNodeV1RuntimeClass';
import { DaemonSet } from 'kubernetes-models/apps/v1';
import { RuntimeClass } from 'kubernetes-models/node.k8s.io/v1';
import { Pod } from 'kubernetes-models/v1';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { containerdSection, manifestFolder, podOverheadMib } from './files.ts';
import { nodeImage } from './node-image.ts';
import { unknownMembers, type Validate } from './unknown-members.ts';

const read = (name: string) => parse(readFileSync(join(manifestFolder, `${name}.yaml`), 'utf8'));
/** Throws for what the schema of its kind in Kubernetes' API does not allow. */
function validated<T extends { validate(): void }>(Kind: new (data: never) => T, name: string): T {
  const model = new Kind(read(name) as never);
  model.validate();
  return model;
}

test('every manifest is what the schema of its kind in Kubernetes’ API allows', () => {
  const names = ['first-pod', 'node', 'node-uninstall', 'runtime-class'];
  expect(new Set(readdirSync(manifestFolder))).toEqual(new Set(names.map((name) => `${name}.yaml`)));
  for (const name of ['node', 'node-uninstall']) validated(DaemonSet, name);
  validated(RuntimeClass, 'runtime-class');
  validated(Pod, 'first-pod');
});

test.each([
  ['node', validateDaemonSet],
  ['node-uninstall', validateDaemonSet],
  ['runtime-class', validateRuntimeClass],
  ['first-pod', validatePod],
] satisfies [string, Validate][])('no member of %s is unknown to its kind', (name, validate) => {
  expect(unknownMembers(validate, read(name))).toEqual([]);
});

test('a manifest that is wrong would be found', () => {
  const broken = new RuntimeClass({ ...read('runtime-class'), handler: 3 });
  expect(() => broken.validate()).toThrow(/handler/);
  const pod = read('first-pod');
  const misspelt = { ...pod, spec: { ...pod.spec, hostPid: true, containers: [{ name: 'a', imgae: 'b' }] } };
  expect(unknownMembers(validatePod, misspelt)).toEqual(['/spec/containers/0/imgae', '/spec/hostPid']);
});

test('the overhead is read as a number', () => {
  expect(podOverheadMib()).toBeGreaterThan(256);
});

test('the parts name one another: class, handler, label, image', () => {
  const runtimeClass = validated(RuntimeClass, 'runtime-class');
  for (const version of [2, 3] as const) {
    expect(containerdSection(version)).toContain(`.containerd.runtimes.${runtimeClass.handler}]`);
  }
  for (const name of ['node', 'node-uninstall']) {
    const pod = validated(DaemonSet, name).spec?.template.spec;
    expect(pod?.nodeSelector).toEqual(runtimeClass.scheduling?.nodeSelector);
    const images = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].map(({ image }) => image);
    expect(new Set(images)).toEqual(new Set([nodeImage]));
  }
  expect(validated(Pod, 'first-pod').spec?.runtimeClassName).toBe(runtimeClass.metadata?.name);
});
