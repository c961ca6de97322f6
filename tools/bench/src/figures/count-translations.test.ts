import { expect, test } from 'vitest';
import { cpuMsIn, translationsIn } from './count-translations.ts';

test('translated blocks are found in QEMU’s words', () => {
  const answer =
    'Translation buffer state:\ngen code size       1048576/1073736704\nTB count            44753\nTB avg target size  22 max=1';
  expect(translationsIn(answer)).toEqual({ blocks: 44_753, codeMib: 1 });
  expect(() => translationsIn('nothing')).toThrow('says nothing of its translations: nothing');
});

test('processor time is found behind a name with spaces and brackets', () => {
  expect(cpuMsIn('12 (a) (b c) S 1 2 3 4 5 6 7 8 9 10 31 9 0 0 20')).toBe(400);
});
