import { parseArgs } from 'node:util';
import { type ReadyShim, serveShim } from '@hako/shim';

/** The shim process, with what it had ready before; resolves with an exit status only when it could not start. */
export async function shimRole(argv: readonly string[], ready?: ReadyShim): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      root: { type: 'string' },
      id: { type: 'string' },
      cgroup: { type: 'string' },
      debug: { type: 'boolean', default: false },
      'measure-guest': { type: 'boolean', default: false },
    },
  });
  if (values.root === undefined || values.id === undefined) throw new Error('shim needs --root and --id');
  await serveShim({
    root: values.root,
    sandboxId: values.id,
    debug: values.debug,
    hostCgroup: values.cgroup,
    measureGuest: values['measure-guest'],
    ready,
  });
  return new Promise(() => {});
}
