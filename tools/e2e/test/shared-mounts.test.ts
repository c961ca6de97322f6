import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberBundle, sandboxBundle } from '../src/pod-bundle.ts';
import { Workbench } from '../src/workbench.ts';

// `shared_mounts`: what one container of a pod has mounted, in another.
let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const nameKey = 'io.kubernetes.cri.container-name';
const key = 'io.katacontainers.config.runtime.shared_mounts';
const mount = (src_path: string, dst_ctr: string) => ({
  name: 'm',
  src_ctr: 'maker',
  src_path,
  dst_ctr,
  dst_path: '/shown/here',
});

test('a mount of one container is in the other that is named, and in no third', async () => {
  const config = bench.configuration((text) =>
    withLine(text, `enable_annotations = ["runtime\\\\.shared_mounts"]`),
  );
  const create = (bundle: string, id: string) =>
    bench.detached(['--config', config, 'create', '--bundle', bundle, id]);
  const member = (name: string, mounts: readonly object[] = []) =>
    memberBundle(bench, {
      sandboxId: 'pod',
      args: ['sleep', '100000'],
      annotations: { [nameKey]: name },
      mounts,
      readonlyRootfs: false,
    });
  const wanted = [mount('/made', 'user'), mount('/never', 'hopeful')];
  const annotations = { [key]: JSON.stringify(wanted) };
  const first = sandboxBundle(bench, { sandboxId: 'pod', args: ['sleep', '100000'], annotations });
  expect(await create(first, 'pod')).toMatchObject({ exitCode: 0 });
  const made = { destination: '/made', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'size=1m'] };
  expect(await create(member('maker', [made]), 'maker-1')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await create(member('user'), 'user-1')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await create(member('other'), 'other-1')).toMatchObject({ exitCode: 0, stderr: '' });
  for (const id of ['maker-1', 'user-1', 'other-1'])
    expect(await bench.hako(['start', id])).toMatchObject({ exitCode: 0, stderr: '' });

  const sh = async (id: string, script: string) =>
    (await bench.hako(['exec', id, 'sh', '-c', script])).stdout;
  await sh('maker-1', 'echo from the maker > /made/note');
  expect(await sh('user-1', 'cat /shown/here/note; echo back > /shown/here/answer')).toBe('from the maker\n');
  expect(await sh('maker-1', 'cat /made/answer')).toBe('back\n');
  expect(await sh('other-1', 'cat /shown/here/note || echo none')).toBe('none\n');
  expect(await sh('user-1', 'grep " /shown/here " /proc/mounts')).toMatch(
    /^tmpfs \/shown\/here tmpfs rw,nosuid/,
  );

  // Who waits in vain is none, and its id is free again.
  const { exitCode, stderr } = await create(member('hopeful'), 'hopeful-1');
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('shared mount m: container maker has nothing mounted at /never after 10000 ms');
  expect((await bench.hako(['delete', '--force', 'maker-1'])).exitCode).toBe(0);
  // Without the container that it names it comes into being all the same.
  expect(await create(member('hopeful'), 'hopeful-1')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await sh('user-1', 'cat /shown/here/note')).toBe('from the maker\n');
  for (const id of ['hopeful-1', 'user-1', 'other-1', 'pod'])
    expect((await bench.hako(['delete', '--force', id])).exitCode).toBe(0);
  expect(bench.leftovers()).toEqual([]);
});
