import { expect, test } from 'vitest';
import { locate, pathKey } from './locate.ts';

test('tables, keys and values are found over comments, strings and arrays of several lines', () => {
  const places = locate(`# comment [not.a.table]
[a.b] # x = 1
  key = "with \\" # and ]"
list = [ # comment ]
  1, "]",
]
text = """
fake = 1
""""
'odd name'.x = 1
[[c]]
d = { e = [1] }
f.g.h = 1
`);
  expect(places.get(pathKey(['a', 'b']))).toMatchObject({ line: 2, column: 1 });
  expect(places.get(pathKey(['a', 'b', 'key']))).toEqual({
    line: 3,
    column: 3,
    valueLine: 3,
    valueColumn: 9,
  });
  expect(places.get(pathKey(['a', 'b', 'list']))).toMatchObject({ line: 4, valueColumn: 8 });
  expect(places.get(pathKey(['a', 'b', 'text']))).toMatchObject({ line: 7 });
  expect(places.get(pathKey(['a', 'b', 'odd name', 'x']))).toMatchObject({ line: 10 });
  expect(places.get(pathKey(['c', 'd']))).toMatchObject({ line: 12 });
  expect(places.get(pathKey(['c', 'f']))).toMatchObject({ line: 13, column: 1 });
  expect(places.has(pathKey(['a', 'b', 'fake']))).toBe(false);
});

test('a megabyte of strings takes no longer than it must', () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `k${index} = "a"`).join('\n');
  const start = performance.now();
  expect(locate(`${lines}\nlast = "\\""`).get('last')).toMatchObject({ line: 50_001 });
  const escapes = '\\u0041'.repeat(150_000);
  expect(locate(`a = "${escapes}\\""\nb = 1`).get('b')).toMatchObject({ line: 2 });
  expect(performance.now() - start).toBeLessThan(4000);
});
