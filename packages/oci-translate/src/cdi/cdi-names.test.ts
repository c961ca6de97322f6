import { formatProblem } from '@hako/errors';
import { expect, test } from 'vitest';
import { cdiNames } from './cdi-names.ts';

test('annotations name devices, each counts once', () => {
  const annotations = {
    'cdi.k8s.io/gpus': 'nvidia.com/pgpu=0,nvidia.com/pgpu=GPU-1:2',
    'cdi.k8s.io/again': 'nvidia.com/pgpu=0,a.b/c_d.e=f',
    'io.katacontainers.x': 'not=one',
  };
  const { names, problems } = cdiNames(annotations, 'config.json');
  expect(problems).toEqual([]);
  const file = 'config.json';
  const again = 'annotations["cdi.k8s.io/again"]';
  const gpus = 'annotations["cdi.k8s.io/gpus"]';
  expect(names).toEqual([
    { name: 'nvidia.com/pgpu=0', kind: 'nvidia.com/pgpu', device: '0', namedBy: gpus, file },
    { name: 'nvidia.com/pgpu=GPU-1:2', kind: 'nvidia.com/pgpu', device: 'GPU-1:2', namedBy: gpus, file },
    { name: 'a.b/c_d.e=f', kind: 'a.b/c_d.e', device: 'f', namedBy: again, file },
  ]);
  expect(cdiNames({}, file)).toEqual({ names: [], problems: [] });
});

test.each([
  '',
  '/dev/vfio/12',
  'pgpu=0',
  'nvidia.com/pgpu',
  'nvidia.com/pgpu=',
  'nvidia.com/=0',
  '/pgpu=0',
  '1a.com/pgpu=0',
  'a.com/b/c=0',
  'a.com/../b=0',
  'a.com/b=../0',
  'a.com/b=-0',
  'a.com/b=0\n',
  ' a.com/b=0',
])('%j is no name of a device', (name) => {
  const { names, problems } = cdiNames({ 'cdi.k8s.io/x': `a.com/b=1,${name}` }, 'config.json');
  expect(names.map((one) => one.name)).toEqual(['a.com/b=1']);
  expect(problems.map(formatProblem)).toEqual([
    expect.stringMatching(
      /^config\.json: annotations\["cdi\.k8s\.io\/x"\] ".*": must be the name of a CDI device: vendor\/class=device/,
    ),
  ]);
});
