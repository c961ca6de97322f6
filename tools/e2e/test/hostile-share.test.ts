import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberBundle, sandboxBundle } from '../src/pod-bundle.ts';
import { Workbench } from '../src/workbench.ts';

// Root of a guest, as somebody who has broken out of his container there, against the share that the host goes on building.
let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

test.each(['virtio-fs', 'virtio-9p'])('the guest cannot lead the host astray by %s', async (transport) => {
  const victim = join(bench.folder, `victim-${transport}`);
  mkdirSync(victim);
  // Told apart by its name, so that both ways fit into one state root.
  const pod = `pod-${transport}`;
  const config = bench.configuration((text) =>
    withLine(withLine(text, `shared_fs = "${transport}"`), 'debug_console_enabled = true', 'agent.kata'),
  );
  const args = ['sleep', '100000'];
  const inPod = (bundle: string, id: string) =>
    bench.detached(['--config', config, 'create', '--bundle', bundle, id]);
  expect(
    await inPod(sandboxBundle(bench, { sandboxId: pod, args, readonlyRootfs: false }), pod),
  ).toMatchObject({ exitCode: 0 });

  const script = [
    'cd /run/kata-containers/shared/containers && ls',
    // Where the host makes the next container's root, and where it has bound one already.
    `ln -s ${victim} next-${transport}~rootfs; echo planted $?`,
    `mkdir next-${transport}~rootfs; echo made $?`,
    `ln -s ${victim} ${pod}~9; echo beside $?`,
    `mv ${pod}~rootfs other; echo moved $?`,
    'chmod 777 .; echo opened $?',
    'mount -o remount,rw .; touch mine; echo remounted $?',
    `touch ${pod}~rootfs/own; echo its own $?`,
    'exit',
  ].join('\n');
  const { stdout } = await bench.hako(['console', pod], { input: `${script}\n` });
  const said = stdout.split('\r\n').filter((line) => /^[a-z ]+ \d+$/.test(line));
  expect(said).toEqual([
    'planted 1',
    'made 1',
    'beside 1',
    'moved 1',
    'opened 1',
    'remounted 1',
    'its own 0',
  ]);

  const member = memberBundle(bench, { sandboxId: pod, args: ['echo', 'there'] });
  expect(await inPod(member, `next-${transport}`)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(readdirSync(victim)).toEqual([]);
  expect(await bench.hako(['delete', '--force', pod])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bench.leftovers().filter((id) => id.includes(transport))).toEqual([`next-${transport}`]);
});
