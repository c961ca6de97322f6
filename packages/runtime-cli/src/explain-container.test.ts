import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { translateBundle } from '@hako/admission/translation';
import { isCodedError } from '@hako/errors';
import { expectedAccelerator, qemuCommandLine } from '@hako/hypervisor-qemu';
import { defaultFamilies, TranslateError } from '@hako/oci-translate';
import { StateStore, Timings, vmConfig } from '@hako/sandbox/state';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { explainTarget } from './explain-container.ts';
import { GLOBAL_DEFAULTS } from './global-options.ts';

let folder: string;
let options: typeof GLOBAL_DEFAULTS;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-explain-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  options = { ...GLOBAL_DEFAULTS, root: join(folder, 'run'), config: configuration('') };
});

let count = 0;
function write(name: string, text: string): string {
  count += 1;
  const path = join(folder, `${count}-${name}`);
  writeFileSync(path, text);
  return path;
}

function configuration(more: string): string {
  return write(
    'configuration.toml',
    `[hypervisor.qemu]
kernel = "/guest/vmlinux"
image = "/guest/hako-guest.img"
accelerator = "tcg"
${more}`,
  );
}

const spec = { ociVersion: '1.2.0', process: { cwd: '/', args: ['sh'] }, root: { path: 'rootfs' } };

function bundle(annotations: Readonly<Record<string, string>>): string {
  count += 1;
  const path = join(folder, `bundle-${count}`);
  mkdirSync(path);
  writeFileSync(join(path, 'config.json'), JSON.stringify({ ...spec, annotations }));
  return path;
}

const hypervisor = 'io.katacontainers.config.hypervisor.';

test('what explain says is what create does, to the last word of the command line', async () => {
  const keys = defaultFamilies.flatMap(({ overrides }) => overrides.map(({ key }) => key));
  const text = fc.oneof(
    fc.constantFrom('true', 'false', '1', '2', '512', '', 'q35', 'pc', 'virtio-9p', 'none', 'a=b'),
    fc.string(),
  );
  const annotations = fc.dictionary(fc.constantFrom(...keys), text, { maxKeys: 8 });
  const config = configuration('enable_annotations = [".*"]\n');
  const store = new StateStore(options.root);
  await fc.assert(
    fc.asyncProperty(annotations, async (record) => {
      const path = bundle(record);
      const { explanation } = await explainTarget({ ...options, config }, path, [], 'c1');
      const specFile = join(path, 'config.json');
      const asked = {
        specText: Buffer.from(JSON.stringify({ ...spec, annotations: record })),
        specFile,
        bundlePath: path,
        containerId: 'c1',
      };
      if (explanation.commandLine === undefined) return;
      if (explanation.refused) {
        expect(() => translateBundle(asked, { ...options, config }, new Timings())).toThrow(TranslateError);
        return;
      }
      const created = translateBundle(asked, { ...options, config }, new Timings());
      expect({ sandbox: explanation.sandbox, container: explanation.container }).toEqual({
        sandbox: created.sandbox,
        container: created.container,
      });
      const { accelerator = 'kvm' } = await expectedAccelerator(created.sandbox.hypervisor);
      const line = await qemuCommandLine(vmConfig(created.sandbox, store.sandbox('c1')), accelerator);
      expect(explanation.commandLine.arguments).toEqual([line.program, ...line.arguments]);
    }),
    { numRuns: 60 },
  );
});

test('a config.json, a pod and an annotation to try are told apart by what they say', async () => {
  const file = write('anything', JSON.stringify(spec));
  expect(await explainTarget(options, file, [`${hypervisor}default_memory=512`], 'c1')).toMatchObject({
    title: `config.json ${file}`,
    explanation: { refused: false, sandbox: { id: 'c1', size: { memoryMib: 512 } } },
  });
  const pod = write(
    'stream',
    `kind: Service\n---\nkind: Pod\nmetadata: {name: web}\nspec: {containers: []}\n`,
  );
  expect(await explainTarget(options, pod, [], 'c1')).toMatchObject({
    title: `pod default/web of ${pod}`,
    explanation: { sandbox: { network: { netNsPath: '/run/netns/of-the-pod' } } },
  });
});

test('what this host cannot do is among the problems', async () => {
  const { explanation } = await explainTarget(options, bundle({}), [], 'c1');
  expect(explanation.refused).toBe(false);
  expect(explanation.problems).toContainEqual(
    expect.objectContaining({ field: 'hypervisor.qemu.kernel', rule: 'does not exist' }),
  );
  expect(explanation.commandLine?.notes[0]).toMatch(
    /^accelerator tcg(-single)?: the configuration demands it$/,
  );
});

test('another configuration by annotation counts only where the first allows it', async () => {
  const other = configuration('default_vcpus = 2\n');
  const { config: first, ...rest } = options;
  const ask = { 'io.katacontainers.config_path': other };
  const previous = process.env.HAKO_CONF_FILE;
  try {
    process.env.HAKO_CONF_FILE = first;
    const refused = await explainTarget(rest, bundle(ask), [], 'c1');
    const { problems } = refused.explanation;
    expect(refused.explanation.refused).toBe(true);
    // Beside what the host lacks, which may be warned of more.
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { fix: 'add "config_path" to enable_annotations in [hypervisor.qemu]' },
      {},
      {},
    ]);
    process.env.HAKO_CONF_FILE = configuration('enable_annotations = ["config_path"]\n');
    const { configuration: used, explanation } = await explainTarget(rest, bundle(ask), [], 'c1');
    expect(used).toMatchObject({ files: [other], namedBy: 'annotation io.katacontainers.config_path' });
    expect(explanation).toMatchObject({ refused: false, sandbox: { size: { vcpus: 2 } } });
    expect(explanation.annotations).toMatchObject([{ outcome: 'set' }]);
  } finally {
    if (previous === undefined) delete process.env.HAKO_CONF_FILE;
    else process.env.HAKO_CONF_FILE = previous;
  }
});

test('where there is nothing to explain, every reason is given', async () => {
  const wrong = write('config.json', JSON.stringify({ ...spec, hostname: 7, process: { cwd: 1 } }));
  await expect(explainTarget(options, wrong, [], 'c1')).rejects.toSatisfy(
    (error) => isCodedError(error) && /process\.cwd(?:.|\n)*hostname/.test(error.message),
  );
  await expect(explainTarget(options, '/no/such/file', [], 'c1')).rejects.toThrow(
    'cannot read /no/such/file',
  );
  await expect(explainTarget(options, write('x', 'kind: Service\n'), [], 'c1')).rejects.toThrow(
    'must be one of',
  );
});

test('devices that annotations name are looked for as create does', async () => {
  const config = configuration('cold_plug_vfio = "root-port"\n');
  const path = bundle({ 'cdi.k8s.io/gpu': 'hako.test/none=0' });
  const { explanation } = await explainTarget({ ...options, config }, path, [], 'c1');
  expect(explanation.refused).toBe(true);
  expect(explanation.problems).toContainEqual(
    expect.objectContaining({
      code: 'cdi/no-device',
      file: join(path, 'config.json'),
      field: 'annotations["cdi.k8s.io/gpu"]',
      value: 'hako.test/none=0',
    }),
  );
  expect((await explainTarget(options, path, [], 'c1')).explanation).toMatchObject({
    refused: false,
    problems: expect.arrayContaining([expect.objectContaining({ code: 'cdi/no-effect' })]),
  });
});
