// Runs a container in a virtual machine and shows what it sees, and how long each phase took.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDebianRootfs, writeBundle } from '@hako/bundles';
import { comparisonScript, hostEnvironment } from './comparison.ts';
import { formatTimings } from './timings.ts';

const workspace = join(import.meta.dirname, '../../..');
const folder = join(workspace, '.hako-cache/demo');
const hako = join(workspace, 'dist/bin/hako');

console.log('root file system: from packages of this Debian release');
const rootfs = makeDebianRootfs(join(folder, 'rootfs'), folder);
const bundle = writeBundle(join(folder, 'bundle'), {
  rootfs,
  args: ['/bin/bash', '-c', comparisonScript],
  env: hostEnvironment(),
});

const timings = join(folder, 'timings.json');
rmSync(timings, { force: true });
const args = ['run', '--bundle', bundle, '--timings', timings, `quickstart-${process.pid}`];
if (process.getuid?.() !== 0) {
  console.error(
    `everything is built; running a container needs root:\n  sudo ${hako} run --bundle ${bundle} first`,
  );
  process.exit(1);
}
console.log(`$ dist/bin/hako run --bundle .hako-cache/demo/bundle first\n`);
const { status } = spawnSync(hako, args, { stdio: ['ignore', 'inherit', 'inherit'] });
if (status !== 0) {
  console.error(`hako run failed with status ${status}`);
  process.exit(1);
}
console.log(`\nWhere the time went:\n${formatTimings(readFileSync(timings, 'utf8'))}`);
