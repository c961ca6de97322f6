import type { Client, ServiceError, status } from '@grpc/grpc-js';
import type { MethodType } from '@hako/protobuf';

/** A method with its full path on the wire. */
export interface WireMethod<Request extends object, Response extends object>
  extends MethodType<Request, Response> {
  /** `/v1.PodResourcesLister/Get` */
  readonly path: string;
}

/** One request, one answer. @throws gRPC's ServiceError */
export function unaryCall<Request extends object, Response extends object>(
  client: Client,
  { path, request: requestType, response: responseType }: WireMethod<Request, Response>,
  request: Parameters<typeof requestType.encode>[0],
  deadlineMs: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (message: typeof request) => Buffer.from(requestType.encode(message)),
      (bytes) => responseType.decode(bytes),
      request,
      { deadline: deadlineMs },
      (error, response) => {
        if (error !== null) reject(error);
        else if (response === undefined) reject(new Error('the answer is empty'));
        else resolve(response);
      },
    );
  });
}

/** What gRPC says of a call that failed; undefined for another error. */
export function statusOf(error: unknown): status | undefined {
  return error instanceof Error && 'code' in error && 'details' in error
    ? (error as ServiceError).code
    : undefined;
}
