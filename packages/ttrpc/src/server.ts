import type { Duplex } from 'node:stream';
import type { ServiceType } from '@hako/protobuf';
import type { CallContext } from './call-context.ts';
import type { Channel } from './channel.ts';
import type { EncodedAnswer } from './encoded-answer.ts';
import { type ConnectionHost, type ServedMethod, ServerConnection } from './server-connection.ts';
import {
  type MethodAt,
  propertyNameOf,
  type RequestOf,
  type ResponseInit,
  type UnaryMethodName,
} from './service.ts';
import { toChannel } from './stream-channel.ts';
import { TtrpcError } from './ttrpc-error.ts';

/** Settings of a server. */
export interface ServerOptions {
  /** Most connections at once; more are closed as they come. Default 256. */
  readonly maxConnections?: number;
  /** Most calls being served at once per connection; more are answered RESOURCE_EXHAUSTED. Default 1024. */
  readonly maxCallsPerConnection?: number;
  /** Most bytes of requests being served at once per connection. Default 64 MiB. */
  readonly maxPendingBytes?: number;
  /**
   * For a channel that can lose the end of a connection, as a virtio-serial port does when its host closes and opens it
   * again at once: a second request with stream id 1 begins a new session. What the one before was still being served is
   * aborted and not answered. Default false: such a request is refused, as the protocol wants it.
   */
  readonly sessionsRestart?: boolean;
  /** Told when a connection has ended; `cause` where it was an error. */
  readonly onConnectionClosed?: (cause?: Error) => void;
}

/**
 * Handlers of a service, one per unary method, first letter in lower case. A method without a handler is answered
 * UNIMPLEMENTED. A handler may answer any part of its response; nothing is an empty one; an EncodedAnswer is sent as it is. A TtrpcError chooses the
 * status of the answer, any other error is answered UNKNOWN with its message.
 */
export type ServiceHandlers<S extends ServiceType> = {
  // Without an `as` clause, which would keep the compiler from telling handlers what their parameters are.
  readonly [Property in Uncapitalize<UnaryMethodName<S>>]?: (
    request: RequestOf<MethodAt<S, Property>>,
    context: CallContext,
  ) => HandlerAnswer<MethodAt<S, Property>> | Promise<HandlerAnswer<MethodAt<S, Property>>>;
};

// biome-ignore lint/suspicious/noConfusingVoidType: an async handler without a return statement answers void
type HandlerAnswer<M> = ResponseInit<M> | EncodedAnswer | undefined | void;

/**
 * The serving side, for any number of connections. Listening is the caller's: hand each accepted socket to `serve`.
 *
 * States: serving, draining (after `shutdown`), closed. A server does not come back.
 */
export class TtrpcServer {
  readonly #services = new Map<string, Map<string, ServedMethod>>();
  readonly #connections = new Set<ServerConnection>();
  readonly #options: ServerOptions;
  readonly #host: ConnectionHost;
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(options: ServerOptions = {}) {
    this.#options = options;
    const isDraining = (): boolean => this.#draining;
    this.#host = {
      maxCallsPerConnection: options.maxCallsPerConnection ?? 1024,
      maxPendingBytes: options.maxPendingBytes ?? 64 << 20,
      sessionsRestart: options.sessionsRestart ?? false,
      get draining() {
        return isDraining();
      },
      lookUp: (service, method) => this.#lookUp(service, method),
      connectionClosed: (connection, cause) => {
        this.#connections.delete(connection);
        options.onConnectionClosed?.(cause);
        if (this.#connections.size === 0) this.#emptied?.();
      },
    };
  }

  /** Connections that are open. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Calls being served, over all connections. */
  get callCount(): number {
    let count = 0;
    for (const connection of this.#connections) count += connection.callCount;
    return count;
  }

  /** Adds a service; one of the same name is replaced. */
  register<S extends ServiceType>(service: S, handlers: ServiceHandlers<NoInfer<S>>): this {
    const methods = new Map<string, ServedMethod>();
    for (const [name, type] of Object.entries(service.methods)) {
      const property = propertyNameOf(name);
      methods.set(name, {
        type,
        handle: (request, context) => {
          // Looked up and called on the object, so that handlers may be methods of a class.
          const handler: unknown = Reflect.get(handlers, property);
          if (typeof handler !== 'function') throw new TtrpcError('unimplemented', `method ${name}`);
          return handler.call(handlers, request, context);
        },
      });
    }
    this.#services.set(service.name, methods);
    return this;
  }

  /** Serves a connection from now on. Over `maxConnections`, or when shutting down, it is closed at once. */
  serve(connection: Channel | Duplex): void {
    const channel = toChannel(connection);
    if (this.#draining || this.#connections.size >= (this.#options.maxConnections ?? 256)) {
      channel.destroy();
      return;
    }
    this.#connections.add(new ServerConnection(this.#host, channel));
  }

  /**
   * Stops: new calls are answered UNAVAILABLE, idle connections close, the others close after their last answer,
   * or after `timeoutMs` (default 5000), when what is still being served has its signal aborted.
   */
  async shutdown(timeoutMs = 5000): Promise<void> {
    this.#draining = true;
    if (this.#connections.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    for (const connection of this.#connections) connection.drain();
    const timer = setTimeout(() => this.close(), timeoutMs);
    await emptied;
    clearTimeout(timer);
  }

  /** Stops at once: every connection ends, every signal is aborted. */
  close(): void {
    this.#draining = true;
    for (const connection of this.#connections) connection.destroy();
  }

  #lookUp(service: string, method: string): ServedMethod {
    const methods = this.#services.get(service);
    if (methods === undefined) throw new TtrpcError('unimplemented', `service ${service}`);
    const served = methods.get(method);
    if (served === undefined) throw new TtrpcError('unimplemented', `method ${method}`);
    return served;
  }
}
