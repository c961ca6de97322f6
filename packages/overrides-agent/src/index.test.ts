import { applyOverrides, openPolicy } from '@hako/annotations';
import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { agentFamily } from './index.ts';

const families = [agentFamily];
const base = defaultRuntimeConfig();

function one(name: string, text: string, line: '1.x' | '3.x' = '3.x', config = base): string {
  const annotations = { [`io.katacontainers.config.agent.${name}`]: text };
  const result = applyOverrides({
    annotations,
    families,
    config,
    host: { numCpus: 8 },
    policy: openPolicy,
    line,
  });
  const error = result.problems.find(({ severity }) => severity === 'error');
  return error?.rule ?? JSON.stringify(result.config.agent);
}

test.each([
  ['kernel_modules', 'a x=1; b;', '3.x', '"kernelModules":["a x=1","b"]'],
  ['kernel_modules', 'a x=1; b;', '1.x', '"kernelModules":["a x=1"," b",""]'],
  ['enable_tracing', '1', '3.x', '"enableTracing":true'],
  ['trace_mode', 'odd', '1.x', '"traceMode":"odd"'],
  ['trace_mode', 'odd', '3.x', 'must be one of dynamic, static'],
  ['container_pipe_size', '4096', '3.x', '"containerPipeSizeBytes":4096'],
  ['container_pipe_size', '-1', '3.x', 'must be a whole number'],
  ['policy', 'not base64', '3.x', 'must be base64'],
  ['cdh_api_timeout', '7', '3.x', '"cdhApiTimeoutMs":7000'],
  ['cdh_api_timeout_ms', '7', '3.x', '"cdhApiTimeoutMs":7'],
] as const)('%s = %j in %s: %s', (name, text, line, expected) => {
  expect(one(name, text, line)).toContain(expected);
});

test('with another agent the keys are ignored, wrong ones too', () => {
  const config = { ...base, runtime: { ...base.runtime, agentName: 'noop' } };
  expect(one('container_pipe_size', 'x', '3.x', config)).toContain('"containerPipeSizeBytes":0');
});
