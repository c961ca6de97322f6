import { formatProblem } from '@hako/errors';
import { expect, test } from 'vitest';
import { readCdiSpec } from './cdi-spec.ts';

const kinds = new Set(['a.com/gpu']);

function read(text: string): ReturnType<typeof readCdiSpec> {
  return readCdiSpec({ path: '/etc/cdi/a.yaml', rank: 0, text: new TextEncoder().encode(text) }, kinds);
}

test('YAML and JSON are read, with what only others need', () => {
  const yaml = read(`---
cdiVersion: "0.6.0"
kind: a.com/gpu
annotations: {x: y}
devices:
  - name: "0"
    containerEdits:
      deviceNodes: [{path: /dev/vfio/12, permissions: rw}]
      env: [A=b]
containerEdits:
  hooks: [{hookName: createContainer, path: /bin/true}]
`);
  expect(yaml.problems).toEqual([]);
  expect(yaml.spec?.devices).toMatchObject([
    { name: '0', containerEdits: { deviceNodes: [{ path: '/dev/vfio/12' }] } },
  ]);
  const json = read(
    '{\n\t"cdiVersion": "1.1.0",\n\t"kind": "a.com/gpu",\n\t"devices": [{"name": "all", "containerEdits": null}]\n}',
  );
  expect(json).toMatchObject({ spec: { devices: [{ name: 'all' }] }, problems: [] });
});

test('a file of another kind is left alone, whatever it holds', () => {
  expect(read('kind: b.com/nic\ndevices: 3')).toEqual({ problems: [] });
});

test.each([
  ['kind: a.com/gpu\ndevices: []', ['/etc/cdi/a.yaml: cdiVersion: is required']],
  [
    '{cdiVersion: 0.5.0, kind: 3, devices: []}',
    ['/etc/cdi/a.yaml: kind "3": must be a string, not a number'],
  ],
  [
    '{cdiVersion: latest, kind: a.com/gpu, devices: [{name: "", containerEdits: {deviceNodes: [{path: x, major: -1}]}}]}',
    [
      '/etc/cdi/a.yaml: cdiVersion "latest": must be a version of CDI such as 0.6.0',
      '/etc/cdi/a.yaml: devices[0].name "": must not be empty',
      '/etc/cdi/a.yaml: devices[0].containerEdits.deviceNodes[0].path "x": must be an absolute path',
      '/etc/cdi/a.yaml: devices[0].containerEdits.deviceNodes[0].major "-1": must be at least 0',
    ],
  ],
  ['a: [', [expect.stringMatching(/^\/etc\/cdi\/a\.yaml:1:5: must be YAML or JSON/)]],
  ['a: 1\n---\nb: 2', ['/etc/cdi/a.yaml: must hold one document']],
  ['', ['/etc/cdi/a.yaml: must be an object']],
])('%j is refused with all that is wrong', (text, lines) => {
  const { spec, problems } = read(text);
  expect(spec).toBeUndefined();
  expect(problems.map(formatProblem)).toEqual(lines);
});

test('a file that cannot be read may be of any kind', () => {
  const { problems } = readCdiSpec({ path: '/etc/cdi/a.json', rank: 0, text: { error: 'EACCES' } }, kinds);
  expect(problems.map(formatProblem)).toEqual(['/etc/cdi/a.json: cannot be read: EACCES']);
});
