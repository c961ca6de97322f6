import { CodedError } from '@hako/errors';

/**
 * What went wrong with a message.
 * - `malformed`: the bytes are not a protobuf message of this type (cut short, bad varint, bad UTF-8).
 * - `out-of-range`: a value given for encoding does not fit its field.
 */
export type ProtobufErrorCode = 'malformed' | 'out-of-range';

/** Where it went wrong. */
export interface ProtobufErrorFacts {
  /** Full message name, e.g. `grpc.Storage`; absent where bytes were bad before a message was reached. */
  readonly message?: string;
  /** Field name as in TypeScript, e.g. `mountPoint`. */
  readonly field?: string;
  /** Offset of the offending byte, for `malformed`. */
  readonly offset?: number;
}

/** The one error class of this package. */
export class ProtobufError extends CodedError<ProtobufErrorCode, ProtobufErrorFacts> {
  override readonly name = 'ProtobufError';
}
