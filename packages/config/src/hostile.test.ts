import { expect, test } from 'vitest';
import { ConfigError } from './error.ts';
import { parseConfiguration } from './parse-configuration.ts';

/** First line of what is wrong; nothing but a ConfigError is thrown, soon, and with few words. */
function refusal(text: string | Uint8Array): string {
  const start = performance.now();
  try {
    parseConfiguration(text, { file: 'c.toml' });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message, facts } = error as ConfigError;
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(facts.problems.length).toBeLessThan(1100);
    expect(message.length).toBeLessThan(600_000);
    return message.split('\n')[0] ?? '';
  }
  return 'accepted';
}

const mebi = 1024 * 1024;

test.each<[string, string | Uint8Array, string]>([
  ['more than a mebibyte', `# ${'x'.repeat(mebi)}`, 'c.toml: must not be longer than 1048576 bytes'],
  ['64 MiB of bytes', new Uint8Array(64 * mebi), 'c.toml: must not be longer than 1048576 bytes'],
  ['arrays in arrays', `a = ${'['.repeat(500_000)}${']'.repeat(500_000)}`, 'c.toml:1:'],
  ['tables in tables', `a = ${'{a='.repeat(250_000)}1${'}'.repeat(250_000)}`, 'c.toml:1:'],
  ['arrays that never end', `a = ${'['.repeat(1_000_000)}`, 'c.toml:1:'],
  ['NUL', '[runtime]\nname = "a\0b"\n', 'c.toml:2:10: must be TOML: '],
  [
    'bytes that are no UTF-8',
    new Uint8Array([0x61, 0x0a, 0x3d, 0xc0, 0x80]),
    'c.toml:2: must be UTF-8, but byte 3',
  ],
  ['a key twice', '[runtime]\nname = "a"\nname = "b"\n', 'c.toml:3:1: must be TOML: '],
  ['a table twice', '[runtime]\n[runtime]\n', 'c.toml:2:'],
  ['a number beyond all', '[hypervisor.qemu]\ndefault_vcpus = 99999999999999999999\n', 'c.toml:2:'],
  ['a name of every object', '__proto__ = 1\n', 'c.toml:1:1: __proto__: is not a known key'],
])('%s', (_name, text, said) => {
  expect(refusal(text)).toContain(said);
});

test('as many keys, tables and strings as fit', () => {
  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');
  expect(refusal(lines(100_000, (index) => `k${index}=1`))).toContain('c.toml:1:1: k0: is not a known key');
  expect(refusal(lines(100_000, (index) => `[t${index}]`))).toContain('c.toml:1:1: t0: is not a known table');
  expect(refusal(lines(100_000, (index) => `[[a]]${index % 2 === 0 ? '' : '#'}`))).toContain(
    'a: is not a known',
  );
  expect(refusal(`a${'.a'.repeat(500_000)} = 1`)).toMatch(/^c\.toml:1:/);
  expect(refusal(`[a${'.a'.repeat(500_000)}]`)).toMatch(/^c\.toml:1:/);
  expect(refusal(`[hypervisor.qemu]\nvalid_hypervisor_paths = [${'"x",'.repeat(200_000)}]`)).not.toBe('');
  expect(refusal(`[runtime]\nname = "${'\\u0041'.repeat(150_000)}"`)).not.toBe('');
  expect(refusal(`x = ${'"'.repeat(1_000_000)}`)).toMatch(/^c\.toml:1:/);
});
