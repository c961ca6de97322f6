import type { MessageInit, MessageType } from '@hako/protobuf';
import type { Any } from './gen/google/protobuf/any.ts';

/** A message as an Any under its bare full name, which is how containerd's events and options name types. */
export function packAny<T extends object>(type: MessageType<T>, message: MessageInit<T>): Any {
  return { typeUrl: type.typeName, value: type.encode(message) };
}

/**
 * The message in an Any, or undefined where the Any is missing or holds another type. A host part before the
 * name (`type.googleapis.com/`) is accepted.
 * @throws ProtobufError `malformed` when it claims to be of this type and is not.
 */
export function unpackAny<T extends object>(type: MessageType<T>, any: Any | undefined): T | undefined {
  if (any === undefined) return undefined;
  const name = any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1);
  return name === type.typeName ? type.decode(any.value) : undefined;
}
