// Generated from proto/sample.proto by the package's generate script. Do not edit.
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';

export const Colour: {
  readonly RED: 0;
  readonly BLUE: 7;
  readonly DARK: -3;
} = { RED: 0, BLUE: 7, DARK: -3 };
/** A value of Colour, or a number that a newer peer sent. */
export type Colour = 0 | 7 | -3 | (number & {});

export interface Leaf {
  name: string;
  weight: bigint;
}
export const Leaf: MessageType<Leaf> = /* @__PURE__ */ messageType('sample.Leaf', () => [
  [1, 'name', 'string'],
  [3, 'weight', 'uint64'],
]);

export interface Everything {
  flag: boolean;
  data: Uint8Array;
  ratio: number;
  signed: number;
  signedLong: bigint;
  text: string;
  count: number;
  longCount: bigint;
  colour: Colour;
  leaf?: Leaf | undefined;
  maybeCount?: number | undefined;
  maybeText?: string | undefined;
  words: string[];
  numbers: number[];
  longNumbers: bigint[];
  leaves: Leaf[];
  flags: boolean[];
  pieces: Uint8Array[];
  labels: Record<string, string>;
  totals: Record<string, bigint>;
  leafByName: Record<string, Leaf>;
  ratios: number[];
  colours: Colour[];
  numberChoice?: number | undefined;
}
export const Everything: MessageType<Everything> = /* @__PURE__ */ messageType('sample.Everything', () => [
  [1, 'flag', 'bool'],
  [2, 'data', 'bytes'],
  [3, 'ratio', 'double'],
  [4, 'signed', 'int32'],
  [5, 'signedLong', 'int64'],
  [6, 'text', 'string'],
  [7, 'count', 'uint32'],
  [8, 'longCount', 'uint64'],
  [9, 'colour', 'int32'],
  [10, 'leaf', Leaf],
  [11, 'maybeCount', 'uint32', 'optional'],
  [12, 'maybeText', 'string', 'optional'],
  [13, 'words', 'string', 'many'],
  [14, 'numbers', 'int32', 'many'],
  [15, 'longNumbers', 'uint64', 'many'],
  [16, 'leaves', Leaf, 'many'],
  [17, 'flags', 'bool', 'many'],
  [18, 'pieces', 'bytes', 'many'],
  [19, 'labels', 'string', 'map'],
  [20, 'totals', 'uint64', 'map'],
  [21, 'leafByName', Leaf, 'map'],
  [22, 'ratios', 'double', 'many'],
  [23, 'colours', 'int32', 'many'],
  [1000, 'numberChoice', 'uint32', 'optional'],
]);

export interface Echo {
  readonly name: 'sample.Echo';
  readonly methods: {
    readonly Say: MethodType<Everything, Leaf>;
    readonly Pour: MethodType<Leaf, Everything> & { readonly clientStream: true } & { readonly serverStream: true };
  };
}
export const Echo: Echo = {
  name: 'sample.Echo',
  methods: {
    Say: { request: Everything, response: Leaf },
    Pour: { request: Leaf, response: Everything, clientStream: true, serverStream: true },
  },
};
