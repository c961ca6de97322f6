import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { deviations } from '../src/deviations.ts';
import { hasDifferences, report } from '../src/report.ts';
import { runVectors } from '../src/run.ts';
import { readVectors } from '../src/vectors.ts';

const vectors = fileURLToPath(new URL('../vectors', import.meta.url));
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderWith(...lines: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'hako-conformance-'));
  folders.push(folder);
  writeFileSync(join(folder, 'bases.json'), readFileSync(join(vectors, 'bases.json')));
  writeFileSync(join(folder, 'cases.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  return folder;
}

function verdicts(...lines: readonly object[]): string[] {
  return runVectors(readVectors(folderWith(...lines)), '1.x').map(({ verdict }) => verdict.kind);
}

test('nothing differs from the reference but what is declared', () => {
  const results = runVectors(readVectors(vectors), '1.x');
  expect(results.length).toBe(1943);
  expect(hasDifferences(results), report(results)).toBe(false);
  expect(Object.keys(deviations)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

const call = { bundlePath: '/b', cid: 'c', console: '', detach: false };
const limit = (value: string): object => ({
  id: 'x',
  entry: 'oci.ContainerConfig',
  input: { spec: { $base: 'tiny', linux: { resources: { memory: { limit: 1 } } } }, ...call },
  expect: { ok: `PLACE${value}` },
});

test('a wrong result, error, panic or entry is seen', () => {
  const input = { spec: { annotations: { 'io.kubernetes.docker.type': 'sandbox' } } };
  const entry = 'oci.ContainerType';
  expect(
    verdicts(
      { id: '1', entry, input, expect: { ok: 'pod_sandbox' } },
      { id: '2', entry, input, expect: { ok: 'pod_container' } },
      { id: '3', entry, input, expect: { error: 'Unknown container type sandbox' } },
      { id: '4', entry, input, expect: { panic: 'x' } },
      { id: '5', entry: 'oci.Unheard', input, expect: { ok: 1 } },
      {
        id: '6',
        entry,
        input: { spec: { annotations: { 'io.kubernetes.docker.type': 'odd' } } },
        expect: { error: 'Unknown container type even' },
      },
      {
        id: '7',
        entry,
        input: { spec: { annotations: { 'io.kubernetes.docker.type': 'odd' } } },
        expect: { error: 'Unknown container type odd' },
      },
    ),
  ).toEqual(['agreed', 'different', 'different', 'different', 'different', 'different', 'declared']);
});

test('numbers beyond 2^53 are compared exactly', () => {
  const line = JSON.stringify(limit('')).replace('"limit":1', '"limit":9223372036854771712');
  const spec = '"spec":{"$base":"tiny","linux":{"resources":{"memory":{"limit":9223372036854771712}}}}';
  expect(line).toContain(spec);
  const recorded = readFileSync(join(vectors, 'container_config.jsonl'), 'utf8')
    .split('\n')
    .find((candidate) => candidate.includes(spec));
  const folder = folderWith();
  writeFileSync(
    join(folder, 'cases.jsonl'),
    [recorded, recorded?.replace(/712\}\},"Custom/, '713}},"Custom')].join('\n'),
  );
  expect(runVectors(readVectors(folder), '1.x').map(({ verdict }) => verdict.kind)).toEqual([
    'agreed',
    'different',
  ]);
});

test('the command exits with 1 for a difference and shows it', async () => {
  const wrong = { id: 'w1', entry: 'go.strings.Fields', input: { value: 'a b' }, expect: { ok: ['a'] } };
  const result = await run(folderWith(wrong));
  expect(result.code).toBe(1);
  expect(result.stdout).toContain('w1 go.strings.Fields');
  expect((await run(folderWith({ ...wrong, expect: { ok: ['a', 'b'] } }))).code).toBe(0);
  expect((await run('/nonexistent')).code).toBe(2);
});

function run(folder: string): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=@hako/source', main, folder], (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout });
    });
  });
}
