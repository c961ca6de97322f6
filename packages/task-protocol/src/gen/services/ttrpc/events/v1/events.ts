// Generated from proto/services/ttrpc/events/v1/events.proto by the package's generate script. Do not edit.
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';
import { Empty } from '../../../../google/protobuf/empty.ts';
import { Envelope } from '../../../../types/event.ts';

export interface ForwardRequest {
  envelope?: Envelope | undefined;
}
export const ForwardRequest: MessageType<ForwardRequest> = /* @__PURE__ */ messageType('containerd.services.events.ttrpc.v1.ForwardRequest', () => [
  [1, 'envelope', Envelope],
]);

export interface Events {
  readonly name: 'containerd.services.events.ttrpc.v1.Events';
  readonly methods: {
    readonly Forward: MethodType<ForwardRequest, Empty>;
  };
}
export const Events: Events = {
  name: 'containerd.services.events.ttrpc.v1.Events',
  methods: {
    Forward: { request: ForwardRequest, response: Empty },
  },
};
