import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hakoPath } from '../src/paths.ts';
import { runProgram } from '../src/run-program.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const HYPERVISOR = 'io.katacontainers.config.hypervisor';

interface Explained {
  readonly configuration: { readonly files: readonly string[]; readonly namedBy?: string };
  readonly refused: boolean;
  readonly commandLine: { readonly arguments: readonly string[]; readonly kernel: string };
  readonly values: readonly { readonly field: string; readonly value: unknown; readonly origin: object }[];
  readonly problems: readonly { readonly field: string; readonly rule: string }[];
}

async function explain(...args: string[]): Promise<Explained> {
  const { stdout } = await bench.hako(['explain', '--json', ...args]);
  return JSON.parse(stdout) as Explained;
}

test.each([
  ['virtio-fs', {}],
  [
    'virtio-9p',
    {
      [`${HYPERVISOR}.shared_fs`]: 'virtio-9p',
      [`${HYPERVISOR}.default_vcpus`]: '2',
      [`${HYPERVISOR}.default_memory`]: '300',
      [`${HYPERVISOR}.kernel_params`]: 'hako.test=explained',
      [`${HYPERVISOR}.machine_type`]: 'pc',
    },
  ],
])('the QEMU that runs has the command line that explain says (%s)', async (name, annotations) => {
  const id = `explained-${name}`;
  const bundle = bench.bundle(['sleep', '1000'], { annotations });
  // Before: what a first start finds out about the accelerator is remembered.
  expect(await bench.create(['--bundle', bundle, id])).toMatchObject({ exitCode: 0 });
  const running = readFileSync(`/proc/${bench.pidOf(id, 'qemu')}/cmdline`, 'utf8')
    .split('\0')
    .slice(0, -1);
  const { commandLine, refused } = await explain('--id', id, bundle);
  expect(refused).toBe(false);
  expect(commandLine.arguments).toEqual(running);
  expect(running).toContain(commandLine.kernel);
  expect(await bench.hako(['delete', '--force', id])).toMatchObject({ exitCode: 0 });
});

test('nothing is started, and nothing is left where the state would be', async () => {
  const bundle = bench.bundle(['true']);
  const { exitCode, stdout } = await bench.hako(['explain', bundle]);
  expect({ exitCode, left: bench.leftovers() }).toEqual({ exitCode: 0, left: [] });
  for (const title of ['Virtual machine', 'Devices of the machine', 'Kernel command line', 'Command line'])
    expect(stdout).toContain(`\n${title}\n`);
  const diff = await bench.hako(['explain', '--diff', bundle]);
  expect(diff.stdout).toMatch(
    /^hypervisor\.qemu\.default_memory +2048 -> 256 MiB +\S+configuration\.toml:\d+$/m,
  );
  expect(diff.stdout).not.toContain('Virtual machine');
});

test('values come from defaults, files, drop-ins and annotations, and refusals say what would allow them', async () => {
  const config = bench.configuration((text) => withLine(text, 'enable_annotations = ["default_vcpus"]'));
  const dropIns = join(bench.folder, 'config.d');
  mkdirSync(dropIns);
  const dropIn = join(dropIns, '10-memory.toml');
  writeFileSync(dropIn, '[hypervisor.qemu]\ndefault_memory = 384\n');
  const manifest = join(bench.folder, 'pod.yaml');
  writeFileSync(
    manifest,
    `kind: Pod
metadata:
  name: web
  annotations:
    ${HYPERVISOR}.default_vcpus: "2"
    ${HYPERVISOR}.kernel: /boot/mine
spec:
  containers: [{ name: a, resources: { limits: { cpu: "1", memory: 64Mi } } }]
`,
  );
  const asked = await bench.hako(['--config', config, 'explain', '--json', manifest]);
  expect(asked.exitCode).toBe(1);
  const explained = JSON.parse(asked.stdout) as Explained;
  expect(explained.configuration).toEqual({ files: [config, dropIn], namedBy: '--config' });
  const origin = (field: string) => explained.values.find((value) => value.field === field)?.origin;
  expect(origin('hypervisor.machineType')).toMatchObject({ kind: 'file', file: config });
  expect(origin('hypervisor.defaultMemoryMib')).toMatchObject({ kind: 'file', file: dropIn, line: 2 });
  expect(origin('hypervisor.defaultVcpus')).toEqual({
    kind: 'annotation',
    key: `${HYPERVISOR}.default_vcpus`,
  });
  expect(origin('hypervisor.virtioFsCache')).toEqual({ kind: 'default' });
  expect(explained.problems).toContainEqual(
    expect.objectContaining({
      field: `${HYPERVISOR}.kernel`,
      rule: expect.stringContaining('allowed only where the operator enables it'),
      fix: expect.stringMatching(/^add "kernel" to enable_annotations in \[hypervisor\.qemu\] \(\S+:\d+\)$/),
    }),
  );

  const shown = await bench.hako(['--config', config, 'config', 'show', '--origin', 'default_memory']);
  expect(shown.stdout).toBe(`[hypervisor.qemu]\ndefault_memory = 384 # ${dropIn}:2\n`);
});

test('a manifest on stdin, and one in JSON', async () => {
  const pod = {
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers: [] } } },
  };
  const result = await bench.hako(['explain', '-'], { input: JSON.stringify(pod) });
  expect(result).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('pod default/web of stdin\n'),
  });
});

test('the environment names the configuration of every command', async () => {
  const config = bench.configuration((text) => withLine(text, 'default_maxvcpus = 7'));
  const show = (env: NodeJS.ProcessEnv) =>
    runProgram(hakoPath, ['config', 'show', '--origin', 'default_maxvcpus'], { env });
  for (const name of ['KATA_CONF_FILE', 'HAKO_CONF_FILE'])
    expect((await show({ [name]: config })).stdout).toMatch(
      /^default_maxvcpus = 7 # .*configuration-\d+\.toml:\d+$/m,
    );
  const missing = await show({ KATA_CONF_FILE: '/no/such' });
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('named by KATA_CONF_FILE') });
});

test('output that is longer than a pipe holds arrives whole, however slowly it is read', async () => {
  const { stdout } = await bench.shell(`"$HAKO" config show --json > whole.json
    "$HAKO" config show --json | { read -r first; sleep 0.2; { echo "$first"; cat; } > read.json; }
    wc -c < whole.json; cmp whole.json read.json && echo same`);
  const [length, same] = stdout.split('\n');
  expect(Number(length)).toBeGreaterThan(65_536);
  expect(same).toBe('same');
});
