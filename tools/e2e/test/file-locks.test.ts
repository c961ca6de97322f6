import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFileProgram } from '../src/compile-file-program.ts';
import { runProgram } from '../src/run-program.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

// Who sees whose locks on a file of a shared folder. What is found is in packages/sandbox/README.md.
let bench: Workbench;
let program: string;
beforeAll(async () => {
  bench = new Workbench();
  await compileFileProgram(bench.rootfs);
  program = join(bench.rootfs, 'bin/file-checks');
});
afterAll(() => bench.close());

async function endHolder(holder: ChildProcess): Promise<void> {
  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
}

const unseen = 'flock free, fcntl free';
const seen = 'flock held, fcntl held';
/** EOPNOTSUPP, whether somebody else holds the lock or not. */
const refused = 'flock errno 95, fcntl errno 95';

test.each([
  ['virtio-fs', ['shared_fs = "virtio-fs"'], unseen, unseen],
  ['virtio-locks', ['virtio_fs_extra_args = ["-o", "flock", "-o", "posix_lock"]'], seen, refused],
  ['9p', ['shared_fs = "virtio-9p"'], unseen, unseen],
])('locks of the host and of two machines by %s', async (id, lines, expected, waiting) => {
  const data = join(bench.folder, `data-${id}`);
  const [ofHost, ofGuest] = [join(data, 'host'), join(data, 'guest')];
  for (const path of [data, ofHost, ofGuest, join(data, 'nobody')]) mkdirSync(path);
  const config = bench.configuration((text) => lines.reduce((all, line) => withLine(all, line), text));
  const mounts = [{ destination: '/data', type: 'bind', source: data, options: ['bind'] }];
  const hako = (name: string, args: readonly string[], ...flags: readonly string[]) => {
    const bundle = bench.bundle(args, { extra: { mounts } });
    return bench.detached(['--config', config, 'run', ...flags, '--bundle', bundle, name]);
  };
  const lookOnHost = async (folder: string) => (await runProgram(program, ['lock', folder])).stdout;

  const holder = spawn(program, ['hold', ofHost], { stdio: 'ignore' });
  try {
    await once(holder, 'spawn');
    const first = await hako(id, ['file-checks', 'hold', '/data/guest'], '--detach');
    expect(first).toMatchObject({ exitCode: 0 });
    for (const path of [ofHost, ofGuest])
      await until(() => existsSync(join(path, 'taken')), `${path} is held`);
    expect(await lookOnHost(ofHost)).toBe(`${ofHost}: ${seen}\n`);
    expect(await lookOnHost(ofGuest)).toBe(`${ofGuest}: ${expected}\n`);
    const looks = ['host', 'guest', 'nobody waiting'].map((words) => `file-checks lock /data/${words}`);
    const second = await hako(`${id}-second`, ['sh', '-c', looks.join('; ')]);
    expect(second.stdout).toBe(
      `/data/host: ${expected}\n/data/guest: ${expected}\n/data/nobody: ${waiting}\n`,
    );
  } finally {
    await endHolder(holder);
  }
});
