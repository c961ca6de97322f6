/** Levels of the agent's log, the quietest first. */
export const logLevels = ['critical', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What the kernel's words ask of the agent; their names are those that Kata's agent reads. */
export interface AgentWords {
  /** `agent.log`. Default `info`. */
  readonly logLevel: LogLevel;
  /** `agent.container_pipe_size`: the buffer of each of a process's pipes; undefined, or 0 as a word, for the agent's own choice. */
  readonly pipeBytes: number | undefined;
  /** `agent.hotplug_timeout`, in seconds as a word: how long a plugged device may take to appear; undefined for the agent's own choice. */
  readonly deviceTimeoutMs: number | undefined;
  /** `agent.debug_console`: whether a shell is offered. */
  readonly debugConsole: boolean;
  /** Words with a value that cannot be meant, each as a sentence. They are passed over: a guest that did not boot would say less. */
  readonly problems: readonly string[];
}

const maxPipeBytes = 1 << 30;
const maxTimeoutSec = 24 * 60 * 60;

/** Reads the kernel's command line; of equal words the last one counts, as for the kernel. */
export function readAgentWords(commandLine: string): AgentWords {
  const problems: string[] = [];
  const words = new Map<string, string | undefined>();
  for (const word of commandLine.split(/\s+/)) {
    const equals = word.indexOf('=');
    if (equals < 0) words.set(word, undefined);
    else words.set(word.slice(0, equals), word.slice(equals + 1));
  }
  const level = words.get('agent.log');
  const logLevel = logLevels.find((name) => name === level);
  if (level !== undefined && logLevel === undefined) {
    problems.push(`agent.log=${level} must be one of ${logLevels.join(', ')}`);
  }
  const number = (name: string, max: number): number | undefined => {
    const text = words.get(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max) return value === 0 ? undefined : value;
    problems.push(`${name}=${text} must be a whole number, at most ${max}`);
    return undefined;
  };
  const pipeBytes = number('agent.container_pipe_size', maxPipeBytes);
  const timeoutSec = number('agent.hotplug_timeout', maxTimeoutSec);
  return {
    logLevel: logLevel ?? 'info',
    pipeBytes,
    deviceTimeoutMs: timeoutSec === undefined ? undefined : timeoutSec * 1000,
    debugConsole: words.has('agent.debug_console') && words.get('agent.debug_console') === undefined,
    problems,
  };
}
