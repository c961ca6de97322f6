import { expect, it } from 'vitest';
import { layerOf, layerViolation } from './layer-rule.ts';

const tagged = (name: string, ...tags: string[]) => ({ name, tags });
const pure = tagged('pure', 'layer:0');
const familyA = tagged('a', 'layer:0', 'kind:family');
const familyB = tagged('b', 'layer:0', 'kind:family');
const backend = tagged('qemu', 'layer:2', 'kind:backend');
const otherBackend = tagged('network', 'layer:2', 'kind:backend');
const calls = tagged('posix', 'layer:2');
const program = tagged('cli', 'layer:4');
const agent = tagged('agent', 'layer:guest');
const tool = tagged('bench', 'layer:tool');

it('lets a package import its own layer and below', () => {
  expect(layerViolation(program, pure)).toBeUndefined();
  expect(layerViolation(familyA, pure)).toBeUndefined();
  expect(layerViolation(backend, calls)).toBeUndefined();
  expect(layerViolation(tool, program)).toBeUndefined();
});

it('refuses upward, sideways and tool imports', () => {
  expect(layerViolation(pure, calls)).toContain('own layer or below');
  expect(layerViolation(familyA, familyB)).toContain('kind:family');
  expect(layerViolation(backend, otherBackend)).toContain('kind:backend');
  expect(layerViolation(program, tool)).toContain('tools');
});

it('keeps guest and host apart', () => {
  expect(layerViolation(agent, calls)).toBeUndefined();
  expect(layerViolation(agent, backend)).toContain('guest takes only');
  expect(layerViolation(agent, program)).toContain('guest takes only');
  expect(layerViolation(program, agent)).toContain("guest's programs");
});

it('wants exactly one layer', () => {
  expect(() => layerOf(tagged('x', 'kind:family'))).toThrow('exactly one layer');
  expect(() => layerOf(tagged('x', 'layer:0', 'layer:1'))).toThrow('exactly one layer');
});
