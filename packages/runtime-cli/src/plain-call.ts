import { GLOBAL_DEFAULTS, type GlobalOptions } from './global-options.ts';

/** A call of a command of the life cycle with nothing that needs the whole command line's parser. */
export interface PlainCall {
  readonly command: PlainCommand;
  /** Flags that were given, by their long names. */
  readonly flags: ReadonlySet<string>;
  /** The id, and what else follows it. */
  readonly args: readonly string[];
  readonly options: GlobalOptions;
}

export type PlainCommand = 'state' | 'start' | 'pause' | 'resume' | 'kill' | 'delete' | 'list';

interface PlainForm {
  readonly least: number;
  readonly most: number;
  /** Flags without a value: their long names, by every name. */
  readonly flags: Readonly<Record<string, string>>;
}

/** How many arguments each takes, and its flags. */
const COMMANDS: Readonly<Record<PlainCommand, PlainForm>> = {
  state: { least: 1, most: 1, flags: {} },
  start: { least: 1, most: 1, flags: {} },
  pause: { least: 1, most: 1, flags: {} },
  resume: { least: 1, most: 1, flags: {} },
  kill: { least: 1, most: 2, flags: { '--all': 'all', '-a': 'all' } },
  delete: { least: 1, most: 1, flags: { '--force': 'force', '-f': 'force' } },
  list: { least: 0, most: 0, flags: { '--quiet': 'quiet', '-q': 'quiet' } },
};

/** Global flags with a value, by the option that they set. */
const VALUES = { '--root': 'root', '--log': 'log', '--config': 'config' } as const;

/**
 * Reads `[GLOBAL FLAG...] COMMAND [FLAG...] [ARGUMENT...]` of the calls that engines make again and again, for which
 * loading the parser of all commands takes longer than the answer. Every other form, right or wrong, gives undefined and
 * is left to that parser.
 */
export function plainCall(argv: readonly string[]): PlainCall | undefined {
  const found = readGlobals(argv);
  if (found === undefined) return undefined;
  const [command = '', ...rest] = found.rest;
  if (!isPlainCommand(command)) return undefined;
  const { least, most, flags: known } = COMMANDS[command];
  const flags = new Set<string>();
  const args: string[] = [];
  for (const word of rest) {
    const flag = Object.hasOwn(known, word) ? known[word] : undefined;
    if (flag !== undefined) flags.add(flag);
    else if (word.startsWith('-')) return undefined;
    else args.push(word);
  }
  if (args.length < least || args.length > most) return undefined;
  return { command, flags, args, options: found.options };
}

function isPlainCommand(word: string): word is PlainCommand {
  return Object.hasOwn(COMMANDS, word);
}

function readGlobals(
  argv: readonly string[],
): { options: GlobalOptions; rest: readonly string[] } | undefined {
  let options: GlobalOptions = GLOBAL_DEFAULTS;
  const words = [...argv];
  for (;;) {
    const word = words[0] ?? '';
    if (!word.startsWith('-')) return { options, rest: words };
    words.shift();
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    if (word === '--debug') options = { ...options, debug: true };
    else if (word === '--systemd-cgroup') options = { ...options, systemdCgroup: true };
    else {
      const value = equals === -1 ? words.shift() : word.slice(equals + 1);
      if (value === undefined) return undefined;
      if (name === '--log-format' && (value === 'json' || value === 'text')) {
        options = { ...options, logFormat: value };
      } else if (Object.hasOwn(VALUES, name)) {
        options = { ...options, [VALUES[name as keyof typeof VALUES]]: value };
      } else return undefined;
    }
  }
}
