import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test("the README's example runs and prints what its comments say", () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? '';
  const printed = execFileSync(
    execPath,
    ['--conditions=@hako/source', '--input-type=module-typescript', '--eval', example],
    { cwd: root, encoding: 'utf8', env: { ...env, FORCE_COLOR: '0' } },
  );
  const promised = [...example.matchAll(/; \/\/ (.*)$/gm)].map((match) => match[1]);
  expect(promised).not.toHaveLength(0);
  for (const line of promised) expect(printed.split('\n')).toContain(line);
});
