import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from './visible-text.ts';

test('plain text stays, what cannot be seen is written out', () => {
  expect(visibleText('plain, ünïcode 箱 🎁')).toBe('plain, ünïcode 箱 🎁');
  expect(visibleText('a\u001b[31m\r\n\u0000\u202e\ud800')).toBe(
    'a\\u{1b}[31m\\u{d}\\u{a}\\u{0}\\u{202e}\\u{d800}',
  );
  expect(visibleText('x'.repeat(20), 5)).toBe('xxxxx... (15 characters more)');
});

test('whatever comes in, nothing that moves a cursor comes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visibleText(text)).not.toMatch(/\p{Cc}|\p{Bidi_Control}|\p{Surrogate}/u);
    }),
  );
});
