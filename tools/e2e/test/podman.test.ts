import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Podman } from '../src/podman.ts';
import { podmanAttachFeatures } from '../src/podman-attach-features.ts';
import { podmanFeatures, podmanTable } from '../src/podman-features.ts';
import { podmanPodFeatures } from '../src/podman-pod-features.ts';
import { expectInReadme } from '../src/readme-table.ts';
import { Workbench } from '../src/workbench.ts';

const features = [...podmanFeatures, ...podmanAttachFeatures, ...podmanPodFeatures];
let bench: Workbench;
let podman: Podman;
const passed = new Set<string>();

beforeAll(async () => {
  bench = new Workbench();
  podman = new Podman(join(bench.folder, 'podman'));
  await podman.import(bench.rootfs);
});
afterAll(async () => {
  await podman.close();
  await bench.close();
});

for (const feature of features) {
  test(`podman ${feature.name}: ${feature.verdict}`, async () => {
    await feature.check(podman);
    passed.add(feature.name);
  });
}

test('the table in the README of runtime-cli holds these results', () => {
  expect([...passed]).toEqual(features.map(({ name }) => name));
  expectInReadme('podman.test.ts', podmanTable(features));
});
