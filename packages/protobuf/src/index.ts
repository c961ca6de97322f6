export type { Cardinality, Field, FieldRow, ScalarKind, ValueKind } from './field.ts';
export { type MessageInit, type MessageType, messageType } from './message-type.ts';
export { ProtobufError, type ProtobufErrorCode, type ProtobufErrorFacts } from './protobuf-error.ts';
export type { MethodType, ServiceType } from './service-type.ts';
