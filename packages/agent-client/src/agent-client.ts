import type { Duplex } from 'node:stream';
import { AgentService, Health, HealthCheckResponse_ServingStatus } from '@hako/agent-protocol';
import type { ServiceType } from '@hako/protobuf';
import { type CallOptions, type Channel, type ServiceClient, TtrpcClient } from '@hako/ttrpc';
import { AgentError, toAgentError } from './agent-error.ts';
import { defaultTimeoutMs } from './default-timeout.ts';
import { readProcessStream, type StreamOptions, sendStdin } from './process-streams.ts';
import { visibleText } from './visible-text.ts';

/**
 * The agent of one VM: one method per call of its API (`createContainer`, `waitProcess`, ... and `check`, `version`).
 * Each takes any part of its request and `{ timeoutMs, signal, metadata }`; `timeoutMs` defaults to 60 s (30 s for
 * `check`), to no limit for long polls, and Infinity is no limit. All fail with AgentError.
 *
 * States: connected, closed (`close`, or the connection ended); a client does not reconnect.
 */
export interface AgentClient extends ServiceClient<AgentService>, ServiceClient<Health> {
  /** Fulfilled when the connection has ended, with the reason. Never rejected. */
  readonly closed: Promise<AgentError>;
  /** True until the connection has ended. */
  readonly isOpen: boolean;
  /** What a process writes to standard output, until its end of file. Reads when asked for the next piece, no sooner. */
  processStdout(
    containerId: string,
    execId: string,
    options?: StreamOptions,
  ): AsyncGenerator<Uint8Array, void>;
  /** The same for standard error. A process with a terminal has none. */
  processStderr(
    containerId: string,
    execId: string,
    options?: StreamOptions,
  ): AsyncGenerator<Uint8Array, void>;
  /**
   * Sends everything from `source` to standard input, each piece after the process took the one before, then closes it.
   * Fails with `not-found` once the process is gone.
   */
  sendStdin(
    containerId: string,
    execId: string,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: StreamOptions,
  ): Promise<void>;
  /** Ends the connection at once; waiting calls fail with `closed`. Nothing in the guest is stopped. */
  close(): void;
}

/** Settings of connectAgent. */
export interface ConnectOptions {
  /** How long the agent may take to answer its first call, including the guest's boot. Default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes a connection to the guest over and waits until the agent serves. The health check is sent at once: where the
 * guest has not opened its port yet, the bytes wait in the socket, so there is nothing to poll. When this fails, the
 * connection is closed.
 * @throws AgentError `timeout`, `closed`, `cancelled`, `protocol`, or what the agent answered
 */
export async function connectAgent(
  connection: Channel | Duplex,
  options: ConnectOptions = {},
): Promise<AgentClient> {
  const client = new TtrpcClient(connection);
  const agent = makeAgentClient(client);
  try {
    const { status } = await agent.check({}, options);
    if (status !== HealthCheckResponse_ServingStatus.SERVING) {
      throw new AgentError('unavailable', `agent says that it does not serve (status ${status})`, {
        facts: { method: 'Check', origin: 'peer' },
      });
    }
    return agent;
  } catch (error) {
    client.close();
    throw error;
  }
}

function makeAgentClient(client: TtrpcClient): AgentClient {
  const calls = {
    ...callsOf(client, AgentService),
    ...callsOf(client, Health),
  };
  const closed = client.closed.then(
    (error) =>
      new AgentError('closed', `connection to the agent ended: ${visibleText(causeText(error))}`, {
        facts: { origin: 'local' },
        cause: error,
      }),
  );
  return {
    ...calls,
    closed,
    get isOpen() {
      return client.isOpen;
    },
    processStdout: (containerId, execId, options) =>
      readProcessStream(calls.readStdout, { containerId, execId }, options),
    processStderr: (containerId, execId, options) =>
      readProcessStream(calls.readStderr, { containerId, execId }, options),
    sendStdin: (containerId, execId, source, options) =>
      sendStdin(calls, { containerId, execId }, source, options),
    close: () => client.close(),
  };
}

function callsOf<S extends ServiceType>(client: TtrpcClient, service: S): ServiceClient<S> {
  const plain: Readonly<Record<string, (request: object, options: CallOptions) => Promise<object>>> =
    client.service<ServiceType>(service);
  const calls = Object.keys(service.methods).map((method) => {
    const property = method.charAt(0).toLowerCase() + method.slice(1);
    const call = async (request: object, options: CallOptions = {}): Promise<object> => {
      const { timeoutMs = defaultTimeoutMs(method), ...rest } = options;
      try {
        const limit = timeoutMs === Number.POSITIVE_INFINITY ? {} : { timeoutMs };
        return (await plain[property]?.(request, { ...rest, ...limit })) ?? {};
      } catch (error) {
        throw toAgentError(error, method, request);
      }
    };
    return [property, call];
  });
  return Object.fromEntries(calls) as ServiceClient<S>;
}

function causeText(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
