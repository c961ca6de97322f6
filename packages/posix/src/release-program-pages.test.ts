import { expect, test } from 'vitest';
import { unchangedMappings } from './release-program-pages.ts';

const mapping = (line: string, rssKib: number, anonymousKib: number, swapKib = 0): string =>
  `${line}\nSize: 64 kB\nRss:                ${rssKib} kB\nAnonymous:        ${anonymousKib} kB\nSwap:                  ${swapKib} kB\nSwapPss:               ${swapKib} kB\nVmFlags: rd mr\n`;

test('only mappings of the executable that nobody wrote to', () => {
  const smaps = [
    mapping('00200000-00210000 r--p 00000000 fe:00 6046769                            /opt/my hako', 8, 0),
    mapping('00210000-00220000 r-xp 00010000 fe:00 6046769                            /opt/my hako', 12, 0),
    mapping('00220000-00230000 r--p 00020000 fe:00 6046769                            /opt/my hako', 12, 4),
    mapping('00230000-00240000 rw-p 00030000 fe:00 6046769                            /opt/my hako', 12, 0),
    mapping('00240000-00250000 r-xp 00040000 fe:00 6046769                            /opt/my hako', 0, 0),
    mapping(
      '00248000-00250000 r--p 00040000 fe:00 6046769                            /opt/my hako',
      12,
      0,
      4,
    ),
    mapping('00250000-00260000 rw-p 00000000 00:00 0 ', 12, 12),
    mapping('00260000-00270000 r-xp 00000000 fe:00 1                                  /lib/libc.so.6', 12, 0),
  ].join('');
  expect(unchangedMappings(smaps, '/opt/my hako')).toEqual([
    { start: 0x200000, end: 0x210000, residentBytes: 8192 },
    { start: 0x210000, end: 0x220000, residentBytes: 12288 },
  ]);
});
