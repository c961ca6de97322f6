import { expect, test } from 'vitest';
import { checkContainerId } from './container-id.ts';

test.each(['a', 'web_1', '0123abc', 'a.b-c+d', 'x'.repeat(255)])('%s is accepted', (id) => {
  expect(() => checkContainerId(id)).not.toThrow();
});

test.each(['', '.', '..', 'a/b', '../x', '-x', 'a b', 'a\0b', 'ä', 'x'.repeat(256)])(
  '%j is refused',
  (id) => {
    expect(() => checkContainerId(id)).toThrow(expect.objectContaining({ code: 'bad-id' }));
  },
);
