export type { CallContext } from './call-context.ts';
export type { Channel, ChannelListener } from './channel.ts';
export { type CallOptions, type ClientOptions, type ServiceClient, TtrpcClient } from './client.ts';
export type { Metadata, MetadataInit } from './metadata.ts';
export { type ServerOptions, type ServiceHandlers, TtrpcServer } from './server.ts';
export type { RequestInit, RequestOf, ResponseInit, ResponseOf, UnaryMethodName } from './service.ts';
export type { StatusCode } from './status-code.ts';
export { streamChannel } from './stream-channel.ts';
export { type StatusDetail, TtrpcError, type TtrpcErrorCode, type TtrpcErrorFacts } from './ttrpc-error.ts';
