import { parseArgs } from 'node:util';
import type { ReadyShim } from '@hako/shim';
import { serveBundles, shimCommand } from '@hako/shim/containerd';
import { VERSION } from './version.ts';

/** What containerd calls under the shim's name. */
export function containerdCommand(argv: readonly string[]): Promise<number> {
  return shimCommand(argv, {
    version: VERSION,
    features: async () => (await import('./commands/features.ts')).FEATURES,
  });
}

/** The shim process of a sandbox that containerd asked for; resolves with an exit status only when it could not start. */
export async function containerdServer(argv: readonly string[], ready?: ReadyShim): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      namespace: { type: 'string', default: '' },
      id: { type: 'string', default: '' },
      socket: { type: 'string', default: '' },
      'ttrpc-address': { type: 'string', default: '' },
      log: { type: 'string', default: '' },
      debug: { type: 'boolean', default: false },
    },
  });
  await serveBundles({
    namespace: values.namespace,
    sandboxId: values.id,
    socket: values.socket,
    ttrpcAddress: values['ttrpc-address'],
    logFifo: values.log,
    debug: values.debug,
    ready,
  });
  return new Promise(() => {});
}
