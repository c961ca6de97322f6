import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtInConfiguration, type ConfigurationPlace, loadConfiguration } from './load-configuration.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hako-configuration-')));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const vcpus = (count: number) => `[hypervisor.qemu]\ndefault_vcpus = ${count}\n`;
const place = (environment: ConfigurationPlace['environment'] = {}): ConfigurationPlace => ({
  executable: join(folder, 'prefix/bin/hako'),
  environment,
});

test('a flag wins over an annotation, that over the environment, and that over the search order', () => {
  const [flag, annotation, hako, kata] = [1, 2, 3, 4].map((count) => write(`c${count}.toml`, vcpus(count)));
  const own = write('prefix/etc/hako/configuration.toml', vcpus(5));
  const both = { HAKO_CONF_FILE: hako, KATA_CONF_FILE: kata };
  const load = (choice: Parameters<typeof loadConfiguration>[0], environment = {}) => {
    const { config, files, namedBy } = loadConfiguration(choice, place(environment));
    return [config.hypervisor.defaultVcpus, files.join(' '), namedBy];
  };
  const [f, a] = [flag ?? '', annotation ?? ''];
  expect(load({ config: f, annotation: a }, both)).toEqual([1, flag, '--config']);
  expect(load({ annotation: a }, both)).toEqual([2, annotation, 'annotation io.katacontainers.config_path']);
  expect(load({}, both)).toEqual([3, hako, 'HAKO_CONF_FILE']);
  expect(load({}, { KATA_CONF_FILE: kata })).toEqual([4, kata, 'KATA_CONF_FILE']);
  expect(load({})).toEqual([5, own, 'search order']);
});

test('drop-ins lie beside the file that a link leads to, and win in the order of their names', () => {
  const main = write('linked/main.toml', vcpus(1));
  const first = write('linked/config.d/10-a', '[hypervisor.qemu]\ndefault_vcpus = 2\ndefault_memory = 512\n');
  const last = write('linked/config.d/9-b.toml', vcpus(3));
  const link = join(folder, 'link.toml');
  symlinkSync(main, link);
  const { config, origins, files } = loadConfiguration({ config: link }, place());
  expect(files).toEqual([link, first, last]);
  expect([config.hypervisor.defaultVcpus, config.hypervisor.defaultMemoryMib]).toEqual([3, 512]);
  expect(origins['hypervisor.defaultVcpus']).toMatchObject({ kind: 'file', file: last, line: 2 });
  expect(origins['hypervisor.defaultMemoryMib']).toMatchObject({ kind: 'file', file: first, line: 3 });
});

test('a named file must exist, a drop-in must be a file, and who named it is said', () => {
  expect(() => loadConfiguration({}, place({ KATA_CONF_FILE: '/no/such' }))).toThrow(
    'cannot read the configuration /no/such, named by KATA_CONF_FILE: ENOENT',
  );
  const main = write('odd/main.toml', '');
  mkdirSync(join(folder, 'odd/config.d/folder'), { recursive: true });
  expect(() => loadConfiguration({ config: main }, place())).toThrow(
    `cannot read the configuration ${join(folder, 'odd/config.d/folder')}: EISDIR`,
  );
});

test('what is no file of reasonable size, or no text, is refused in bounded memory', () => {
  expect(() => loadConfiguration({ config: '/dev/zero' }, place())).toThrow(
    'must not be longer than 1048576',
  );
  const bytes = write('bytes.toml', new Uint8Array([0x61, 0x0a, 0xff]));
  expect(() => loadConfiguration({ config: bytes }, place())).toThrow(
    `${bytes}:2: must be UTF-8, but byte 2 is not`,
  );
});

test('unknown keys are errors with the nearest known one, or warnings', () => {
  const config = write('unknown.toml', '[hypervisor.qemu]\ndefault_vcpu = 2\n');
  expect(() => loadConfiguration({ config }, place())).toThrow(
    `${config}:2:1: hypervisor.qemu.default_vcpu: is not a known key of [hypervisor.qemu]; did you mean default_vcpus?`,
  );
  expect(loadConfiguration({ config, lenient: true }, place()).problems).toMatchObject([
    { severity: 'warning', code: 'config/unknown-key', line: 2 },
  ]);
});

test('with no file, what lies beside the executable is used and said so', () => {
  write('prefix/share/hako/vmlinux', '');
  const { config, origins } = builtInConfiguration(place().executable);
  expect(config.hypervisor.kernel).toBe(join(folder, 'prefix/share/hako/vmlinux'));
  expect(origins['hypervisor.kernel']).toEqual({ kind: 'derived', from: 'found on this host' });
});
