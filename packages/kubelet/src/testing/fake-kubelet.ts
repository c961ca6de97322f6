import { Server, ServerCredentials, type ServiceError, type UntypedHandleCall } from '@grpc/grpc-js';
import { GetPodResourcesRequest } from '../gen/pod-resources.ts';

/** Bytes of an answer, an error, or that none comes. */
export type FakeKubeletAnswer = Uint8Array | Partial<ServiceError> | 'none';

export interface FakeKubeletAnswers {
  readonly get: (pod: GetPodResourcesRequest) => FakeKubeletAnswer;
  /** Default: the method is not there. */
  readonly list?: () => FakeKubeletAnswer;
}

type Reply = (error: Partial<ServiceError> | null, value?: Uint8Array) => void;

/** A gRPC server with the kubelet's PodResources service. */
export class FakeKubelet {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param socket path, at which nothing is yet */
  static async serve(socket: string, { get, list }: FakeKubeletAnswers): Promise<FakeKubelet> {
    const server = new Server();
    add(server, 'Get', (request) => get(GetPodResourcesRequest.decode(request)));
    if (list !== undefined) add(server, 'List', list);
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    return new FakeKubelet(server);
  }

  /** Idempotent. */
  end(): void {
    this.#server.forceShutdown();
  }
}

function add(server: Server, name: string, answer: (request: Uint8Array) => FakeKubeletAnswer): void {
  const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  const handle = ({ request }: { readonly request: Uint8Array }, reply: Reply): void => {
    const given = answer(request);
    if (given === 'none') return;
    if (given instanceof Uint8Array) reply(null, given);
    else reply(given);
  };
  server.addService(
    {
      [name]: {
        path: `/v1.PodResourcesLister/${name}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: toBuffer,
        requestDeserialize: toBuffer,
        responseSerialize: toBuffer,
        responseDeserialize: toBuffer,
      },
    },
    { [name]: handle as UntypedHandleCall },
  );
}
