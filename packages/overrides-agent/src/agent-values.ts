import {
  type Codec,
  mapped,
  type RowSemantics,
  refused,
  separated,
  text,
  uint,
  value,
} from '@hako/annotations';
import type { AgentConfig, RuntimeConfig } from '@hako/config';

const modules: Codec<readonly string[]> = separated(';');

/** 1.x keeps the parts as they are, empty ones too; 3.x trims them and drops empty ones. Both replace the list. */
export const kernelModulesSemantics: RowSemantics<RuntimeConfig, readonly string[]> = {
  '1.x': { codec: modules },
  '3.x': {
    codec: mapped(modules, 'modules separated by ;', (parts) =>
      value(parts.map((part) => part.trim()).filter((part) => part !== '')),
    ),
  },
};

/** 1.x takes any word and leaves it to the agent; that is why the value's type is wider there than it says. */
export const anyTraceMode = text as Codec<AgentConfig['traceMode']>;
export const anyTraceType = text as Codec<AgentConfig['traceType']>;

/** Base64 of a Rego policy. */
export const policyText: Codec<string> = {
  name: 'base64',
  pattern: '^[A-Za-z0-9+/]*={0,2}$',
  read: (read) =>
    read.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(read) ? value(read) : refused('must be base64'),
};

/** Seconds in the annotation, milliseconds in the configuration. */
export const secondsAsMs: Codec<number> = mapped(
  uint({ max: 4_294_967 }),
  'whole number of seconds',
  (read) => value(read * 1000),
);
