import { join } from 'node:path';
import {
  type Client,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const DEADLINE_MS = 120_000;

/** States of ContainerStatus, by their numbers. */
export const containerStates = ['created', 'running', 'exited', 'unknown'] as const;

/** Members of the messages in runtime.proto, as the loader reads them: numbers of 64 bits are strings. */
type Message = Readonly<Record<string, unknown>>;

/** A client of a CRI runtime's socket: methods of RuntimeService by their names. */
export class CriClient {
  readonly #client: Client;

  constructor(socketPath: string) {
    const definition = loadSync(join(import.meta.dirname, 'runtime.proto'), {
      keepCase: false,
      longs: String,
      defaults: true,
    });
    const packages = loadPackageDefinition(definition) as unknown as {
      readonly runtime: { readonly v1: { readonly RuntimeService: ServiceClientConstructor } };
    };
    this.#client = new packages.runtime.v1.RuntimeService(
      `unix://${socketPath}`,
      credentials.createInsecure(),
    );
  }

  /** One call. Rejects with grpc's ServiceError: `code`, and the runtime's words in `details`. */
  call<T = Message>(method: string, request: Message = {}, deadlineMs: number = DEADLINE_MS): Promise<T> {
    const methods = this.#client as unknown as Readonly<
      Record<string, (request: Message, options: object, done: (error: unknown, response: T) => void) => void>
    >;
    return new Promise((resolve, reject) => {
      const send = methods[method];
      if (send === undefined) throw new TypeError(`runtime.proto has no method ${method}`);
      send.call(this.#client, request, { deadline: Date.now() + deadlineMs }, (error, response) => {
        if (error !== null && error !== undefined) reject(error);
        else resolve(response);
      });
    });
  }

  close(): void {
    this.#client.close();
  }
}
