import { expect, it } from 'vitest';
import { memoryParts } from './memory-parts.ts';

it('tells a machine’s memory from the emulator’s translations and from the rest', () => {
  const smaps = `558b8b1b6000-558b8b5bd000 r--p 00000000 fe:00 10166287                   /usr/bin/qemu-system-x86_64
Size:               4124 kB
Pss:                1024 kB
Pss_Dirty:             7 kB
7f8523fff000-7f8533fff000 rw-p 00000000 fe:00 10028786                   /t/26493c/memory
Pss:               10240 kB
7f8533fff000-7f8543fff000 rw-s 00000000 00:01 5                          /memfd:memory-backend-memfd (deleted)
Pss:                2048 kB
7f8534000000-7f8573fff000 rwxp 00000000 00:00 0
Pss:               27648 kB
7f85780ff000-7f8578200000 rw-p 00000000 00:00 0
Pss:                 512 kB
`;
  expect([...memoryParts(smaps)]).toEqual([
    ['QEMU’s own', 1.5],
    ['the guest’s memory', 12],
    ['translations of the guest’s code', 27],
  ]);
});
