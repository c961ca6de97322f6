import { expect, test } from 'vitest';
import { describeCommands } from './describe-commands.ts';

test('commands, their flags and arguments are those that are parsed', () => {
  const { name, options, commands } = describeCommands();
  expect(name).toBe('hako');
  expect(options).toContainEqual({
    flags: ['--log-format'],
    description: 'form of the log',
    value: 'format',
    choices: ['text', 'json'],
  });
  const config = commands.find((command) => command.name === 'config');
  expect(config?.commands.map((command) => [command.name, ...command.arguments])).toEqual([
    ['show', 'key...'],
    ['check', 'file...'],
    ['init', 'file'],
  ]);
  const run = commands.find((command) => command.name === 'run');
  expect(run?.options).toContainEqual({
    flags: ['-b', '--bundle'],
    description: 'bundle folder, with config.json',
    value: 'dir',
  });
});
