import { type LogLevel, logLevels } from '../agent-words.ts';

/** Calls that wait for something to happen in a container: beside the others they would be noise. */
const waitingCalls: ReadonlySet<string> = new Set([
  'readStdout',
  'readStderr',
  'writeStdin',
  'waitProcess',
  'getOOMEvent',
]);

type Handler = (request: never, context: never) => unknown;

/**
 * The same handlers, told about: at level `debug` each call when it has ended, with how long it took and why it failed;
 * at `trace` also its beginning, and the calls that wait. At other levels they are the handlers themselves.
 */
export function withCallLog<H extends object>(handlers: H, { level, print, nowMs }: CallLogOptions): H {
  const rank = logLevels.indexOf(level);
  if (rank < logLevels.indexOf('debug')) return handlers;
  const isTrace = rank >= logLevels.indexOf('trace');
  const wrapped = Object.entries(handlers as Record<string, Handler>).map(([name, handler]) => {
    if (!isTrace && waitingCalls.has(name)) return [name, handler];
    const logged = async (request: never, context: never): Promise<unknown> => {
      const subject = subjectOf(request);
      if (isTrace) print(`${name}${subject} begins`);
      const startMs = nowMs();
      const took = (): string => `${(nowMs() - startMs).toFixed(1)} ms`;
      try {
        const answer = await handler(request, context);
        print(`${name}${subject} took ${took()}`);
        return answer;
      } catch (error) {
        print(
          `${name}${subject} failed after ${took()}: ${error instanceof Error ? error.message : String(error)}`,
        );
        throw error;
      }
    };
    return [name, logged];
  });
  return Object.fromEntries(wrapped) as H;
}

export interface CallLogOptions {
  readonly level: LogLevel;
  /** Takes one line. */
  readonly print: (line: string) => void;
  readonly nowMs: () => number;
}

/** Which container and which process a request is about. What else it holds (environments, files) is nobody's to read. */
function subjectOf(request: object): string {
  const { containerId, execId } = request as { readonly containerId?: unknown; readonly execId?: unknown };
  const ids = [containerId, execId].filter((id): id is string => typeof id === 'string' && id !== '');
  return ids.length === 0 ? '' : ` of ${[...new Set(ids)].join(' ')}`;
}
