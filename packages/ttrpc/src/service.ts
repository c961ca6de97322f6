import type { MessageInit, MethodType, ServiceType } from '@hako/protobuf';

/** Names of a service's unary methods, as on the wire. */
export type UnaryMethodName<S extends ServiceType> = {
  [Name in keyof S['methods'] & string]: S['methods'][Name] extends
    | { readonly clientStream: true }
    | { readonly serverStream: true }
    ? never
    : Name;
}[keyof S['methods'] & string];

/** The method that clients and handlers know as `Property`. */
export type MethodAt<S extends ServiceType, Property extends string> = {
  [Name in UnaryMethodName<S>]: Uncapitalize<Name> extends Property ? S['methods'][Name] : never;
}[UnaryMethodName<S>];

/** What a method is called with: any part of its request. */
export type RequestInit<M> = M extends MethodType<infer Request, infer _> ? MessageInit<Request> : never;

/** What a method's handler gets: the request with every field. */
export type RequestOf<M> = M extends MethodType<infer Request, infer _> ? Request : never;

/** What a method's handler answers: any part of its response. */
export type ResponseInit<M> = M extends MethodType<infer _, infer Response> ? MessageInit<Response> : never;

/** What a method's caller gets: the response with every field. */
export type ResponseOf<M> = M extends MethodType<infer _, infer Response> ? Response : never;

/** Property name of a method in clients and handlers: its first letter in lower case (`CreateTask`: `createTask`). */
export function propertyNameOf(method: string): string {
  return method.charAt(0).toLowerCase() + method.slice(1);
}
