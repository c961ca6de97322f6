import { expect, test } from 'vitest';
import { readAgentWords } from './agent-words.ts';

const nothingAsked = {
  logLevel: 'info',
  pipeBytes: undefined,
  deviceTimeoutMs: undefined,
  debugConsole: false,
  problems: [],
};

test.each([
  ['quiet panic=1\n', {}],
  ['quiet agent.debug_console panic=1\n', { debugConsole: true }],
  ['agent.debug_console_vport=1026', {}],
  ['agent.log=debug', { logLevel: 'debug' }],
  ['agent.log=debug agent.log=trace', { logLevel: 'trace' }],
  ['agent.container_pipe_size=65536 agent.hotplug_timeout=7', { pipeBytes: 65536, deviceTimeoutMs: 7000 }],
  ['agent.container_pipe_size=0 agent.hotplug_timeout=0', {}],
])('the words %j', (commandLine, asked) => {
  expect(readAgentWords(commandLine)).toEqual({ ...nothingAsked, ...asked });
});

test('values that cannot be meant are told, all of them, and passed over', () => {
  const { problems, ...words } = readAgentWords(
    'agent.log=loud agent.container_pipe_size=-1 agent.hotplug_timeout=99999999 agent.debug_console',
  );
  expect(words).toEqual({
    logLevel: 'info',
    pipeBytes: undefined,
    deviceTimeoutMs: undefined,
    debugConsole: true,
  });
  expect(problems).toEqual([
    'agent.log=loud must be one of critical, error, warn, info, debug, trace',
    'agent.container_pipe_size=-1 must be a whole number, at most 1073741824',
    'agent.hotplug_timeout=99999999 must be a whole number, at most 86400',
  ]);
});
