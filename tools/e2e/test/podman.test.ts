import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../src/paths.ts';
import { Podman } from '../src/podman.ts';
import { podmanFeatures, podmanTable } from '../src/podman-features.ts';
import { podmanPodFeatures } from '../src/podman-pod-features.ts';
import { Workbench } from '../src/workbench.ts';

const readmePath = join(projectRoot, 'packages/runtime-cli/README.md');
const begin =
  '<!-- Made from the results of tools/e2e/test/podman.test.ts; with HAKO_WRITE_TABLE=1 it writes this. -->\n';
const end = '\n<!-- The end of what is made. -->';

const features = [...podmanFeatures, ...podmanPodFeatures];

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
  const readme = readFileSync(readmePath, 'utf8');
  const from = readme.indexOf(begin) + begin.length;
  const to = readme.indexOf(end);
  expect(to).toBeGreaterThanOrEqual(from);
  const fresh = `${readme.slice(0, from)}${podmanTable(features)}${readme.slice(to)}`;
  if (process.env.HAKO_WRITE_TABLE === '1') writeFileSync(readmePath, fresh);
  else expect(readme).toBe(fresh);
});
