import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { TranslateError } from './error.ts';
import { translate } from './translate.ts';

const input = { bundlePath: '/b', containerId: 'c', config: defaultRuntimeConfig(), host: { numCpus: 4 } };
const spec = { ociVersion: '1.2.0', process: { cwd: '/', args: ['sh'] }, root: { path: 'rootfs' } };

/** First line of what is wrong, and that it did not take long or throw anything else. */
function refusal(specText: string | Uint8Array): string {
  const start = performance.now();
  try {
    translate({ ...input, specText });
  } catch (error) {
    expect(error).toBeInstanceOf(TranslateError);
    expect(performance.now() - start).toBeLessThan(30_000);
    return (error as TranslateError).message.split('\n')[0] ?? '';
  }
  return 'accepted';
}

test('64 MiB are refused before they are parsed', () => {
  expect(refusal(`{"ociVersion":"1.2.0","x":"${'a'.repeat(64 * 1024 * 1024)}"}`)).toMatch(
    'must not be longer than 16777216 bytes',
  );
  expect(refusal(new Uint8Array(64 * 1024 * 1024))).toMatch('must not be longer than 16777216 bytes');
});

test('nesting is bounded, in known and unknown members', () => {
  const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  expect(refusal(`{"ociVersion":"1.2.0","x":${deep(1_000_000)}}`)).toMatch(
    'must not be nested deeper than 128 levels',
  );
  expect(refusal(JSON.stringify({ ...spec, x: JSON.parse(deep(100)) }))).toBe('accepted');
  expect(refusal(`{"ociVersion":"1.2.0","linux":${deep(200)}}`)).toMatch(
    'must not be nested deeper than 128 levels',
  );
});

test('repeated members, NUL and bytes that are no UTF-8', () => {
  expect(refusal('{"ociVersion":"1.2.0","ociVersion":"1.2.0"}')).toMatch('must not be named twice');
  expect(refusal(JSON.stringify({ ...spec, process: { cwd: '/', args: ['a\0b'] } }))).toBe(
    'config.json: process.args[0] "a\\x00b": must not contain NUL',
  );
  expect(refusal(new Uint8Array([0x7b, 0xff, 0x7d]))).toMatch('must be UTF-8, but byte 1 is not');
});

test('100,000 annotations, known, unknown and wrong', () => {
  const many = (make: (index: number) => [string, string]) =>
    Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => make(index)));
  const of = (annotations: Record<string, string>) => refusal(JSON.stringify({ ...spec, annotations }));
  expect(of(many((index) => [`com.example.k${index}`, 'v']))).toBe('accepted');
  expect(of(many((index) => [`io.katacontainers.config.hypervisor.k${index}`, 'v']))).toBe('accepted');
  const long = 'x'.repeat(10_000_000);
  expect(of({ 'io.katacontainers.config.hypervisor.default_vcpus': long })).toMatch(/^.{100,400}$/);
  expect(of({ [`io.katacontainers.${long}`]: '' })).toBe('accepted');
  expect(of({ 'io.katacontainers.config.hypervisor.kernel_params': 'a '.repeat(1_000_000) })).toMatch(
    'must not be longer than 2048 characters',
  );
});

test('members named like those of every object', () => {
  expect(
    refusal(
      `{"ociVersion":"1.2.0","__proto__":{"root":{"path":"/"}},"constructor":1,"process":{"cwd":"/","args":["sh"]}}`,
    ),
  ).toBe('config.json: root: is required');
  expect(refusal(JSON.stringify({ ...spec, annotations: { constructor: 'x', toString: 'y' } }))).toBe(
    'accepted',
  );
});
