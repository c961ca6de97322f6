import { type MessageType, messageType } from '@hako/protobuf';

interface KeyValue {
  key: string;
  value: string;
}
const KeyValue: MessageType<KeyValue> = /* @__PURE__ */ messageType('ttrpc.KeyValue', () => [
  [1, 'key', 'string'],
  [2, 'value', 'string'],
]);

/** Data of a request frame. */
export interface Request {
  service: string;
  method: string;
  payload: Uint8Array;
  timeoutNano: bigint;
  metadata: KeyValue[];
}
export const Request: MessageType<Request> = /* @__PURE__ */ messageType('ttrpc.Request', () => [
  [1, 'service', 'string'],
  [2, 'method', 'string'],
  [3, 'payload', 'bytes'],
  [4, 'timeoutNano', 'int64'],
  [5, 'metadata', KeyValue, 'many'],
]);

/** Tag byte of Request.payload. */
export const requestPayloadTag: number = (3 << 3) | 2;

interface Any {
  typeUrl: string;
  value: Uint8Array;
}
const Any: MessageType<Any> = /* @__PURE__ */ messageType('google.protobuf.Any', () => [
  [1, 'typeUrl', 'string'],
  [2, 'value', 'bytes'],
]);

interface Status {
  code: number;
  message: string;
  details: Any[];
}
const Status: MessageType<Status> = /* @__PURE__ */ messageType('google.rpc.Status', () => [
  [1, 'code', 'int32'],
  [2, 'message', 'string'],
  [3, 'details', Any, 'many'],
]);

/** Data of a response frame. */
export interface Response {
  status?: Status | undefined;
  payload: Uint8Array;
}
export const Response: MessageType<Response> = /* @__PURE__ */ messageType('ttrpc.Response', () => [
  [1, 'status', Status],
  [2, 'payload', 'bytes'],
]);

/** Tag byte of Response.payload. */
export const responsePayloadTag: number = (2 << 3) | 2;
