export {
  type CheckOptions,
  type CheckResult,
  check,
  dropNulls,
  formatPath,
  matches,
  maxDepth,
} from './check.ts';
export { fields } from './fields.ts';
export { type JsonSchema, toJsonSchema } from './json-schema.ts';
export { nearest } from './nearest.ts';
export { formatOrigin, type Origin, type Origins } from './origin.ts';
export { printable } from './printable.ts';
export {
  absolutePath,
  boolean,
  type Int64,
  int32,
  int64,
  integer,
  list,
  matching,
  name,
  number,
  numberIn,
  object,
  oneOf,
  osText,
  record,
  type Shape,
  type ShapeNode,
  type StringForm,
  safeUint,
  text,
  uint8,
  uint16,
  uint32,
  uint64,
  unknown,
  type ValueOf,
} from './shape.ts';
export { decodeUtf8, type NotUtf8 } from './utf8.ts';
