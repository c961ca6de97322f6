import { integer, list, matches, name, object, oneOf, type Shape } from '@hako/shape';

/** What is known of a template, in `template.json` beside its files. */
export interface TemplateRecord {
  readonly version: '1';
  /** Boot of the host that it was made in. */
  readonly bootId: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** Sizes of its files. */
  readonly memoryBytes: number;
  readonly stateBytes: number;
  /** The machine, for people. */
  readonly machine: readonly string[];
}

const bytes = integer(1, Number.MAX_SAFE_INTEGER);
const shape: Shape<TemplateRecord> = object<TemplateRecord>(
  {
    version: oneOf(['1']),
    bootId: name,
    madeAt: name,
    memoryBytes: bytes,
    stateBytes: bytes,
    machine: list(name),
  },
  { version: true, bootId: true, madeAt: true, memoryBytes: true, stateBytes: true, machine: true },
);

/** @throws Error when it is none of this version */
export function parseTemplateRecord(text: string): TemplateRecord {
  const value: unknown = JSON.parse(text);
  if (!matches(shape, value)) throw new Error('its record is not one of this version');
  return value;
}
