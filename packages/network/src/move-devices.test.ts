import { expect, test } from 'vitest';
import { moveDevices } from './move-devices.ts';

/** Two namespaces that record what they are told; `refuse` is what fails. */
function stage(refuse = /^never$/) {
  const log: string[] = [];
  const inside = ['lo'];
  const host = {
    pid: 7,
    ip: async (args: readonly string[]) => {
      const words = args.join(' ');
      if (words.startsWith('-json address')) {
        const addr_info = [
          { local: '10.0.0.2', prefixlen: 24, scope: 'global' },
          { local: '10.0.0.3', prefixlen: 24, scope: 'global', dynamic: true },
          { local: 'fd00::2', prefixlen: 64, scope: 'global' },
          { local: 'fe80::2', prefixlen: 64, scope: 'link' },
        ];
        return JSON.stringify([{ ifname: args.at(-1), flags: ['UP'], addr_info }]);
      }
      if (args.includes('netns')) inside.push(String(args.at(-1)).replace('%d', '0'));
      return record('host', words);
    },
  };
  const there = {
    ip: async (args: readonly string[]) =>
      args[0] === '-json'
        ? JSON.stringify(inside.map((ifname) => ({ ifname })))
        : record('inside', args.join(' ')),
  };
  function record(where: string, words: string): string {
    log.push(`${where}: ${words}`);
    if (refuse.test(words)) throw new Error(`refused: ${words}`);
    return '';
  }
  return { log, host, there };
}

const moveIn = [
  'host: link set dev eth7 netns /run/netns/x name c0',
  'inside: address add 10.0.0.2/24 dev c0',
  'inside: address add fd00::2/64 dev c0 nodad',
  'inside: link set dev c0 up',
];
const moveOut = [
  'inside: link set dev c0 netns 7 name eth7',
  'host: address add 10.0.0.2/24 dev eth7',
  'host: address add fd00::2/64 dev eth7 nodad',
  'host: link set dev eth7 up',
];

test('a device goes with its permanent addresses, is set up, and can be put back', async () => {
  const { log, host, there } = stage();
  const back = await moveDevices([{ name: 'eth7', nameInside: 'c0' }], '/run/netns/x', there, host);
  expect(log).toEqual(moveIn);
  await back();
  expect(log).toEqual([...moveIn, ...moveOut]);
  await back();
  expect(log).toHaveLength(8);
});

test('a name with %d is what the kernel made of it', async () => {
  const { log, host, there } = stage();
  await moveDevices([{ name: 'eth7', nameInside: 'net%d' }], '/run/netns/x', there, host);
  expect(log).toContain('inside: link set dev net0 up');
});

test('where one fails, none stays moved', async () => {
  const { log, host, there } = stage(/dev d1 up/);
  const moves = [
    { name: 'eth7', nameInside: 'c0' },
    { name: 'eth8', nameInside: 'd1' },
  ];
  await expect(moveDevices(moves, '/run/netns/x', there, host)).rejects.toThrow('refused');
  expect(log).toContain('inside: link set dev d1 netns 7 name eth8');
  expect(log.slice(-4)).toEqual(moveOut);
});

test('a name that is there already is refused before anything is moved', async () => {
  const { log, host, there } = stage();
  await expect(
    moveDevices([{ name: 'eth7', nameInside: 'lo' }], '/run/netns/x', there, host),
  ).rejects.toMatchObject({ code: 'refused', facts: { path: '/run/netns/x', interface: 'lo' } });
  expect(log).toEqual([]);
});
