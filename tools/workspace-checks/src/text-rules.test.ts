import { describe, expect, it } from 'vitest';
import { lengthViolation, machineReferences } from './text-rules.ts';

describe('lengthViolation', () => {
  const lines = (count: number) => 'x\n'.repeat(count);
  it('accepts 400 lines, and more with a reason', () => {
    expect(lengthViolation('a.ts', lines(400))).toBeUndefined();
    expect(lengthViolation('a.ts', `// Over 400 lines: one table.\n${lines(500)}`)).toBeUndefined();
  });

  it('refuses more without a reason', () => {
    expect(lengthViolation('a.ts', lines(401))).toContain('a.ts has 401 lines');
    expect(lengthViolation('a.ts', `// Over 400 lines:\n${lines(500)}`)).toContain('501 lines');
  });
});

describe('machineReferences', () => {
  it('names the line', () => {
    const path = ['', 'work', 'main'].join('/');
    expect(machineReferences('a.md', `fine\nsee ${path}`)).toEqual(['a.md:2: names a folder of one machine']);
    const facts = ['shared', 'facts', 'x.md'].join('/');
    expect(machineReferences('a.md', facts)).toEqual(['a.md:1: names a folder outside of the project']);
    expect(machineReferences('a.yaml', ['tarball', 'https://host/x.tgz'].join(': '))).toHaveLength(1);
  });

  it('leaves ordinary paths alone', () => {
    expect(machineReferences('a.md', 'the shared folder /run/hako/shared; homework/x')).toEqual([]);
  });
});
