import { expect, test } from 'vitest';
import { buildProgram } from './command-line.ts';
import { leavesSignals, VALUE_FLAGS } from './leaves-signals.ts';

test.each([
  ['exec c1 true'],
  ['exec c1 ls -d'],
  ['exec -it c1 sh'],
  ['exec --env -d c1 sh'],
  ['exec -te -d c1 sh'],
  ['exec -edebug=1 c1 sh'],
  ['exec --user=1:2 --no-new-privs -- c1 sh'],
  ['--root /r --log-format=json --cgroup-manager systemd --lenient exec -u 5 c1 sh'],
])('%s leaves its signals to the stand-in', (words) => {
  expect(leavesSignals(words.split(' '))).toBe(true);
});

test.each([
  ['exec -d c1 true'],
  ['exec -e A=b --detach c1 true'],
  ['exec -itd c1 true'],
  ['exec --help'],
  ['exec'],
  ['run c1'],
  ['--root exec run exec'],
  ['state exec'],
  ['--root'],
])('%s does not', (words) => {
  expect(leavesSignals(words.split(' '))).toBe(false);
});

test('flags with a value are those of the command line', () => {
  const program = buildProgram(() => Promise.resolve());
  const valued = (options = program.options) =>
    options
      .filter(({ required }) => required)
      .flatMap(({ short, long }) => [short, long])
      .filter((name) => name !== undefined)
      .sort();
  expect(valued()).toEqual([...VALUE_FLAGS.hako].sort());
  const exec = program.commands.find((command) => command.name() === 'exec');
  expect(valued(exec?.options.slice())).toEqual([...VALUE_FLAGS.exec].sort());
});
