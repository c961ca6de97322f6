import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxOf } from './sandbox-of.ts';

let bundle: string;
beforeAll(() => {
  bundle = mkdtempSync(join(tmpdir(), 'hako-bundle-'));
});
afterAll(() => rmSync(bundle, { recursive: true }));

function of(config: unknown): string {
  writeFileSync(join(bundle, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return sandboxOf(bundle, 'own');
}

test.each([
  [{ 'io.kubernetes.cri.sandbox-id': 'pod' }, 'pod'],
  [{ 'io.kubernetes.cri-o.SandboxID': 'crio' }, 'crio'],
  [{ 'io.containerd.runc.v2.group': 'label', 'io.kubernetes.cri.sandbox-id': 'pod' }, 'label'],
  [{ 'io.kubernetes.cri.sandbox-id': 7 }, 'own'],
  [{}, 'own'],
  [undefined, 'own'],
])('%j', (annotations, sandbox) => {
  expect(of({ ociVersion: '1.0.2', annotations })).toBe(sandbox);
});

test('what is no JSON names no sandbox; what is not there is a bad bundle', () => {
  expect(of('{')).toBe('own');
  expect(of('null')).toBe('own');
  expect(() => sandboxOf('/no/such/bundle', 'own')).toThrow('bundle /no/such/bundle does not exist');
});
