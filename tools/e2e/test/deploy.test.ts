import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeBusyboxRootfs } from '@hako/bundles';
import { writeNodeImage } from '@hako/deploy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPath } from '../src/paths.ts';
import { runProgram } from '../src/run-program.ts';
import { Workbench } from '../src/workbench.ts';

const bench = new Workbench();
afterAll(() => bench.close());

/** The image's root file system, and what stands for the node's: busybox, with what a test puts there. */
let image: string;
let node: string;
let config: string;

beforeAll(async () => {
  ({ rootfs: image } = await writeNodeImage(join(bench.folder, 'image'), dirname(installPath)));
  node = makeBusyboxRootfs(join(bench.folder, 'node'));
  config = put('etc/containerd/config.toml', original);
  chmodSync(put(`usr/bin/qemu-system-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`, ''), 0o755);
});

const cri = 'plugins."io.containerd.grpc.v1.cri"';
const original = `version = 2
[${cri}]
  sandbox_image = "registry.example/pause:1"
`;

function put(path: string, text: string): string {
  const place = join(node, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return place;
}

/** By the image's own shell, as on a node, where its root is another one. */
async function nodeInstall(
  action: string,
): Promise<{ readonly exitCode: number | null; readonly text: string }> {
  const script = join(image, 'hako/node-install');
  const result = await runProgram(join(image, 'bin/busybox'), ['sh', script, action, node]);
  return { exitCode: result.exitCode, text: result.stdout + result.stderr };
}

/** What containerd makes of the node's configuration. */
async function understood(): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram('containerd', ['-c', config, 'config', 'dump']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

test('a node gets hako and the runtime handler, keeps what it had, again and again, and is rid of it without a trace', async () => {
  for (const _time of [1, 2]) expect(await nodeInstall('install')).toMatchObject({ exitCode: 0 });
  const dump = await understood();
  expect(dump).toMatch(
    /containerd\.runtimes\.hako\]\n(?: +[a-z_]+ = .*\n)*? +pod_annotations = \["io\.katacontainers\.\*"\]/,
  );
  expect(dump).toMatch(/runtime_type = "io\.containerd\.hako\.v2"/);
  expect(dump).toMatch(/runtime_type = "io\.containerd\.runc\.v2"/);
  expect(dump).toContain('sandbox_image = "registry.example/pause:1"');
  const shim = join(node, 'usr/local/bin/containerd-shim-hako-v2');
  expect((await runProgram(shim, ['-v'])).stdout).toContain('containerd-shim-hako-v2');
  const settings = join(node, 'usr/local/etc/hako/configuration.toml');
  expect(readFileSync(settings, 'utf8')).toContain('kernel = "/usr/local/share/hako/vmlinux"');
  expect(existsSync(join(node, 'usr/local/share/hako/vmlinux'))).toBe(true);

  expect(await nodeInstall('uninstall')).toMatchObject({ exitCode: 0 });
  expect(readFileSync(config, 'utf8')).toBe(original);
  expect([shim, settings, dirname(settings), join(node, 'usr/local/share/hako')].filter(existsSync)).toEqual(
    [],
  );
});

test('what the operator has changed is kept', async () => {
  const runc = `[${cri}.containerd.runtimes.runc]\n  runtime_type = "io.containerd.runc.v2"\n  [${cri}.containerd.runtimes.runc.options]\n    SystemdCgroup = true\n`;
  writeFileSync(config, original + runc);
  await nodeInstall('install');
  expect(await understood()).toContain('SystemdCgroup = true');
  const settings = join(node, 'usr/local/etc/hako/configuration.toml');
  writeFileSync(settings, '# mine\n');
  expect((await nodeInstall('install')).text).toContain('it was changed');
  await nodeInstall('uninstall');
  expect(readFileSync(settings, 'utf8')).toBe('# mine\n');
  expect(readFileSync(config, 'utf8')).toBe(original + runc);
});

test('a configuration that it does not understand, or that has a handler hako, is left as it is', async () => {
  for (const [text, why] of [
    ['root = "/x"\n', 'must be of version 2 or 3'],
    [`${original}[${cri}.containerd.runtimes.hako]\n`, 'was not added by this program'],
  ] as const) {
    writeFileSync(config, text);
    expect(await nodeInstall('install')).toEqual({ exitCode: 1, text: expect.stringContaining(why) });
    expect(readFileSync(config, 'utf8')).toBe(text);
  }
});
