import { duplexPair } from 'node:stream';
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';
import {
  type ClientOptions,
  type ServerOptions,
  type ServiceHandlers,
  TtrpcClient,
  TtrpcServer,
} from '../src/index.ts';

export interface Note {
  text: string;
  data: Uint8Array;
}
export const Note: MessageType<Note> = messageType('sample.Note', () => [
  [1, 'text', 'string'],
  [2, 'data', 'bytes'],
]);

export interface Sample {
  readonly name: 'sample.Sample';
  readonly methods: {
    readonly Echo: MethodType<Note, Note>;
    readonly Park: MethodType<Note, Note>;
    readonly Absent: MethodType<Note, Note>;
    readonly Pour: MethodType<Note, Note> & { readonly serverStream: true };
  };
}
export const Sample: Sample = {
  name: 'sample.Sample',
  methods: {
    Echo: { request: Note, response: Note },
    Park: { request: Note, response: Note },
    Absent: { request: Note, response: Note },
    Pour: { request: Note, response: Note, serverStream: true },
  },
};

/** A client and a server of the sample service, connected in this process. */
export function connect(
  handlers: ServiceHandlers<Sample>,
  options: ServerOptions & ClientOptions = {},
): { client: TtrpcClient; server: TtrpcServer } {
  const [near, far] = duplexPair();
  const server = new TtrpcServer(options).register(Sample, handlers);
  server.serve(far);
  return { client: new TtrpcClient(near, options), server };
}
