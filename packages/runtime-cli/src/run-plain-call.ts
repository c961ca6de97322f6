import type { Context } from './context.ts';
import type { PlainCall } from './plain-call.ts';

/** Does what a plain call says; each command's code is loaded when it runs. Returns the exit status. */
export async function runPlainCall(
  context: Context,
  { command, flags, values, args }: Omit<PlainCall, 'options'>,
): Promise<number> {
  const [id = '', ...more] = args;
  switch (command) {
    case 'exec':
      return (await import('./commands/exec.ts')).exec(context, id, more, {
        ...values,
        detach: flags.has('detach'),
        tty: flags.has('tty'),
        env: [],
        additionalGids: [],
        cap: [],
        newPrivs: true,
      });
    case 'state':
      return (await import('./commands/state.ts')).state(context, id);
    case 'start':
      return (await import('./commands/start.ts')).start(context, id);
    case 'pause':
      return (await import('./commands/pause.ts')).pause(context, id);
    case 'resume':
      return (await import('./commands/resume.ts')).resume(context, id);
    case 'kill':
      return (await import('./commands/kill.ts')).kill(context, id, more[0] ?? 'TERM', {
        all: flags.has('all'),
      });
    case 'delete':
      return (await import('./commands/delete.ts')).deleteContainer(context, id, {
        force: flags.has('force'),
      });
    case 'list':
      return (await import('./commands/list.ts')).list(context, {
        format: 'table',
        quiet: flags.has('quiet'),
        kataAll: false,
      });
  }
}
