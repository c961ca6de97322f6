import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { agentKernelWords } from './kernel-words.ts';

const { agent } = defaultRuntimeConfig();

test.each([
  [{}, undefined],
  [{ logLevel: 'warn' }, 'warn'],
  [{ enableDebug: true }, 'debug'],
  [{ enableDebug: true, logLevel: 'error' }, 'debug'],
  [{ enableDebug: true, logLevel: 'trace' }, 'trace'],
] as const)('the settings %j make agent.log=%s', (settings, level) => {
  expect(agentKernelWords({ ...agent, ...settings })).toEqual(
    level === undefined ? [] : [{ key: 'agent.log', value: level }],
  );
});
