import { expect, test } from 'vitest';
import { formatProblem } from './problem.ts';

test('a problem names place, field, value, rule and fix in that order', () => {
  expect(
    formatProblem({
      severity: 'error',
      code: 'config/unknown-key',
      file: '/etc/hako/configuration.toml',
      line: 3,
      column: 1,
      field: 'hypervisor.qemu.default_vcpu',
      value: '2',
      rule: 'is not a known key',
      fix: 'did you mean default_vcpus?',
    }),
  ).toBe(
    '/etc/hako/configuration.toml:3:1: hypervisor.qemu.default_vcpu "2": is not a known key; did you mean default_vcpus?',
  );
});

test('absent parts leave no empty separators', () => {
  expect(formatProblem({ severity: 'warning', code: 'x', field: '', rule: 'must be an object' })).toBe(
    'must be an object',
  );
});
