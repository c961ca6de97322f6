import { expect, test } from 'vitest';
import { type Step, withoutVm } from './steps.ts';

test('without virtual machines the steps that only boot them go, others leave out what boots', () => {
  const all: readonly Step[] = [
    { title: 'lint', command: ['lint'] },
    { title: 'e2e', command: ['vitest'], needsVm: true },
    { title: 'unit', command: ['vitest', 'run'], report: 'unit', needsVm: ['--exclude=x'] },
  ];
  expect(withoutVm(all)).toEqual([
    { title: 'lint', command: ['lint'] },
    { title: 'unit', command: ['vitest', 'run', '--exclude=x'], report: 'unit' },
  ]);
});
