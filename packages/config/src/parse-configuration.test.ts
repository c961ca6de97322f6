import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultRuntimeConfig } from './defaults.ts';
import { ConfigError } from './error.ts';
import { mergeConfiguration, parseConfiguration, sortDropIns } from './parse-configuration.ts';

const file = '/etc/hako/configuration.toml';

function messages(text: string): string[] {
  try {
    parseConfiguration(text, { file });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').map((line) => line.replace(file, 'F'));
    throw error;
  }
  return [];
}

test('no file at all gives the defaults', () => {
  expect(parseConfiguration('', { file })).toEqual({
    config: defaultRuntimeConfig(),
    origins: {},
    problems: [],
  });
});

test('copies of a template have a share by 9p unless the file says otherwise', () => {
  const shareOf = (text: string, line?: '1.x') => {
    const { config, origins } = parseConfiguration(text, { file, ...(line === undefined ? {} : { line }) });
    return [config.hypervisor.sharedFs, origins['hypervisor.sharedFs']?.kind];
  };
  const on = '[factory]\nenable_template = true\n';
  expect(shareOf(on)).toEqual(['virtio-9p', 'derived']);
  expect(shareOf(`${on}[hypervisor.qemu]\nshared_fs = "virtio-fs"\n`)).toEqual(['virtio-fs', 'file']);
  expect(shareOf('')).toEqual(['virtio-fs', undefined]);
  expect(shareOf(on, '1.x')).toEqual(['virtio-9p', undefined]);
  expect(messages(`${on}[hypervisor.qemu]\nshared_fs = "none"\n`)).toEqual([
    expect.stringContaining('needs a shared_fs other than none'),
  ]);
});

test('values, units and origins', () => {
  const { config, origins } = parseConfiguration(
    `[hypervisor.qemu]
default_memory = 512 # MiB
kernel_params = "a=1 quiet b="
accelerator = "tcg"

[agent.kata]
dial_timeout = 30
[runtime]
enable_debug = true
`,
    { file },
  );
  expect(config.hypervisor.defaultMemoryMib).toBe(512);
  expect(config.hypervisor.kernelParams).toEqual([
    { key: 'a', value: '1' },
    { key: 'quiet' },
    { key: 'b', value: '' },
  ]);
  expect(config.hypervisor.accelerator).toBe('tcg');
  expect(config.agent.dialTimeoutMs).toBe(30_000);
  expect(config.runtime.enableDebug).toBe(true);
  expect(origins['hypervisor.defaultMemoryMib']).toEqual({
    kind: 'file',
    file,
    line: 2,
    key: 'hypervisor.qemu.default_memory',
  });
});

test('everything that is wrong is reported at its place', () => {
  expect(
    messages(`[hypervisor.qemu]
default_vcpu = 2
default_memory = "lots"
  shared_fs = "virtiofs"
enable_debug = 1
kernel_params = "=x"
[runtim]
a = 1
[runtime]
default_vcpus = 1
`),
  ).toEqual([
    'F:2:1: hypervisor.qemu.default_vcpu: is not a known key of [hypervisor.qemu]; did you mean default_vcpus?',
    'F:3:18: hypervisor.qemu.default_memory "lots": must be a whole number, not a string',
    'F:4:15: hypervisor.qemu.shared_fs "virtiofs": must be one of virtio-fs, virtio-9p, none; did you mean virtio-fs?',
    'F:5:16: hypervisor.qemu.enable_debug "1": must be true or false, not a number',
    'F:6:17: hypervisor.qemu.kernel_params "=x": must not have a word without a name before =',
    'F:7:1: runtim: is not a known table; did you mean runtime?',
    'F:10:1: runtime.default_vcpus: is not a known key of [runtime]; it belongs in [hypervisor.qemu]',
  ]);
});

test('lenient: unknown keys are warnings', () => {
  const { problems } = parseConfiguration('[runtime]\nfoo = 1\n', { file, lenient: true });
  expect(problems).toMatchObject([
    { severity: 'warning', code: 'config/unknown-key', line: 2, field: 'runtime.foo' },
  ]);
});

test('no TOML: line and column', () => {
  expect(messages('[runtime]\nenable_debug = tru\n')[0]).toMatch(/^F:2:16: must be TOML: /);
});

test('later sources win key by key, lists are replaced', () => {
  const { config, origins } = mergeConfiguration([
    { file: 'main', text: '[hypervisor.qemu]\ndefault_vcpus = 2\nenable_annotations = ["a", "b"]\n' },
    { file: 'config.d/10-a', text: '[hypervisor.qemu]\nenable_annotations = ["c"]\n' },
  ]);
  expect(config.hypervisor.defaultVcpus).toBe(2);
  expect(config.hypervisor.enableAnnotations).toEqual(['c']);
  expect(origins['hypervisor.enableAnnotations']).toMatchObject({ file: 'config.d/10-a', line: 2 });
  const order = sortDropIns(['/d/2', '/d/10', '/d/A', '/d/a'].map((name) => ({ file: name, text: '' })));
  expect(order.map((source) => source.file)).toEqual(['/d/10', '/d/2', '/d/A', '/d/a']);
});

test('an image or initrd alone replaces the built-in other one; both are an error', () => {
  const hostPaths = { initrd: '/i' };
  expect(
    parseConfiguration('[hypervisor.qemu]\nimage = "/x"\n', { file, hostPaths }).config.hypervisor,
  ).toMatchObject({
    image: '/x',
    initrd: '',
  });
  expect(messages('[hypervisor.qemu]\nimage = "/x"\ninitrd = "/y"\n')).toEqual([
    'F:2: hypervisor.qemu.image: excludes initrd: exactly one of the two is booted; remove image or initrd',
  ]);
});

test('aliases and tables of other things', () => {
  const { config, problems } = parseConfiguration(
    '[agent.kata]\ncreate_container_timeout = 7\n[hypervisor.clh]\npath = "/clh"\n',
    { file },
  );
  expect(config.runtime.createContainerTimeoutSec).toBe(7);
  expect(problems).toEqual([
    {
      severity: 'warning',
      code: 'config/no-effect',
      file,
      line: 3,
      column: 1,
      field: 'hypervisor.clh',
      rule: 'is a table of something hako does not drive; it is not read',
    },
  ]);
});

test('keys that nothing acts on are reported', () => {
  const { problems } = parseConfiguration('[runtime]\nenable_pprof = true\n', { file });
  expect(problems).toMatchObject([
    { severity: 'warning', code: 'config/no-effect', field: 'runtime.enable_pprof', line: 2 },
  ]);
});

test('patterns must be patterns, and the hypervisor one that is driven', () => {
  expect(
    messages('[hypervisor.qemu]\nenable_annotations = ["a", "(b"]\n[runtime]\nhypervisor_name = "clh"\n'),
  ).toEqual([
    'F:2:22: hypervisor.qemu.enable_annotations "[array of 2]": must be regular expressions; "(b" is none',
    'F:4: runtime.hypervisor_name: must be qemu, the one hypervisor that hako drives',
  ]);
});

test('hostile texts end in an error soon', () => {
  expect(messages('#'.repeat(2 * 1024 * 1024))[0]).toMatch('must not be longer');
  expect(messages(`a = ${'['.repeat(10_000)}`)[0]).toMatch('F');
  expect(messages(`${'a.'.repeat(50_000)}a = 1`)[0]).toMatch('F');
  expect(messages(Array.from({ length: 20_000 }, (_, index) => `k${index} = 1`).join('\n'))).toHaveLength(
    1000,
  );
});

test('nothing but a ConfigError is thrown', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('[hypervisor.qemu]\n', '[a', 'x=')),
      fc.string(),
      (head, tail) => {
        try {
          parseConfiguration(head + tail, { file });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      },
    ),
  );
});
