import { bool, type Override, oneOf, rowsFor, uint32 } from '@hako/annotations';
import { effectOf, type RuntimeConfig } from '@hako/config';
import {
  anyTraceMode,
  anyTraceType,
  kernelModulesSemantics,
  policyText,
  secondsAsMs,
} from './agent-values.ts';

const rows = rowsFor<RuntimeConfig>(effectOf);
const prefix = 'io.katacontainers.config.agent.';

/** Keys under `io.katacontainers.config.agent.`. */
export const agentOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(`${prefix}kernel_modules`, 'agent', 'kernelModules', kernelModulesSemantics, {
    meaning: 'Modules loaded in the guest with modprobe.',
    limits: 'loading failure stops the sandbox',
    since: '1.x',
    sensitive: 'guest kernel code',
  }),
  rows.set(
    `${prefix}enable_tracing`,
    'agent',
    'enableTracing',
    { codec: bool },
    {
      meaning: 'Agent spans.',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}trace_mode`,
    'agent',
    'traceMode',
    { '1.x': { codec: anyTraceMode }, '3.x': { codec: oneOf(['dynamic', 'static']) } },
    {
      meaning: 'When agent tracing starts.',
      limits: 'one of dynamic, static',
      since: '1.x',
      until: '2.2.0',
    },
  ),
  rows.set(
    `${prefix}trace_type`,
    'agent',
    'traceType',
    { '1.x': { codec: anyTraceType }, '3.x': { codec: oneOf(['isolated', 'collated']) } },
    {
      meaning: 'How spans are joined.',
      limits: 'one of isolated, collated',
      since: '1.x',
      until: '2.2.0',
    },
  ),
  rows.set(
    `${prefix}container_pipe_size`,
    'agent',
    'containerPipeSizeBytes',
    { codec: uint32 },
    {
      meaning: 'Pipe buffer for process stdio.',
      unit: 'bytes',
      limits: 'non-negative',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}policy`,
    'agent',
    'policy',
    { '3.x': { codec: policyText } },
    {
      meaning: 'Rego policy sent to the agent before anything else.',
      limits: 'bad base64 is an error',
      since: '3.3.0',
      sensitive: 'sets what the host may ask of the guest',
    },
  ),
  rows.set(
    `${prefix}cdh_api_timeout_ms`,
    'agent',
    'cdhApiTimeoutMs',
    { '3.x': { codec: uint32 } },
    {
      meaning: 'Confidential Data Hub call limit (Rust).',
      unit: 'ms',
      since: '3.31.0',
    },
  ),
  rows.set(
    `${prefix}cdh_api_timeout`,
    'agent',
    'cdhApiTimeoutMs',
    { '3.x': { codec: secondsAsMs } },
    {
      meaning: 'Confidential Data Hub call limit (documented only).',
      unit: 's',
      since: '4.x documentation',
    },
  ),
];
