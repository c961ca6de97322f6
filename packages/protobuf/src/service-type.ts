import type { MessageType } from './message-type.ts';

/** One call of a service. Without the stream marks it is unary: one request, one answer. */
export interface MethodType<Request extends object, Response extends object> {
  readonly request: MessageType<Request>;
  readonly response: MessageType<Response>;
  /** The client sends many messages. */
  readonly clientStream?: true;
  /** The server sends many messages. */
  readonly serverStream?: true;
}

/** A service as plain data: what an RPC client or server needs to know about it. */
export interface ServiceType {
  /** Full name on the wire, e.g. `grpc.AgentService`. */
  readonly name: string;
  readonly methods: Readonly<Record<string, MethodType<object, object>>>;
}
