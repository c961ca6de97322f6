export { fields } from '@hako/shape';
export { type AppliedOverride, type ApplyInput, type ApplyResult, applyOverrides } from './apply.ts';
export {
  bool,
  type Codec,
  mapped,
  nonEmpty,
  oneOf,
  parseBool,
  parseUint,
  separated,
  spaced,
  text,
  type UintOptions,
  uint,
  uint32,
} from './codec.ts';
export { type OverrideInfo, type RowMaker, type RowSemantics, rowsFor } from './define.ts';
export type {
  FamilyRule,
  HostFacts,
  LimitContext,
  Line,
  Override,
  OverrideFamily,
  Semantics,
} from './family.ts';
export { ignored, type Outcome, type Refusal, refused, value } from './outcome.ts';
export {
  compilePolicy,
  gateName,
  openPolicy,
  type Policy,
  type PolicyCheck,
  safePolicy,
} from './policy.ts';
export { annotationsSchema, completionData, type KeyReference, referenceOf } from './reference.ts';
