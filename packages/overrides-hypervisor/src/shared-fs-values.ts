import { type Codec, oneOf, type RowSemantics, refused, value } from '@hako/annotations';
import type { HypervisorConfig, RuntimeConfig } from '@hako/config';

export const sharedFsSemantics: RowSemantics<RuntimeConfig, HypervisorConfig['sharedFs']> = {
  '1.x': { codec: oneOf(['virtio-9p', 'virtio-fs']) },
  '3.x': { codec: oneOf(['virtio-fs', 'virtio-9p', 'none']) },
};

/** A JSON array of texts as in the Go runtime, or texts between commas as in the Rust one. */
const daemonArguments: Codec<readonly string[]> = {
  name: 'JSON array of texts, or texts between commas',
  read: (text) => {
    if (!text.trimStart().startsWith('[')) return value(text.split(',').filter((part) => part !== ''));
    let read: unknown;
    try {
      read = JSON.parse(text);
    } catch {
      return refused('must be a JSON array of texts');
    }
    return Array.isArray(read) && read.every((member) => typeof member === 'string')
      ? value(read)
      : refused('must be a JSON array of texts');
  },
};

export const extraArgsSemantics: RowSemantics<RuntimeConfig, readonly string[]> = {
  '3.x': { codec: daemonArguments, combine: (current, read) => [...current, ...read] },
};
