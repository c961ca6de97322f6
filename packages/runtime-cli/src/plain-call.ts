import { GLOBAL_DEFAULTS, type GlobalOptions } from './global-options.ts';

/** A call of `exec` or of a command of the life cycle with nothing that needs the whole command line's parser. */
export interface PlainCall {
  readonly command: PlainCommand;
  /** Flags that were given, by their long names. */
  readonly flags: ReadonlySet<string>;
  /** Values of those that have one. */
  readonly values: PlainValues;
  /** The id, and what else follows it. */
  readonly args: readonly string[];
  readonly options: GlobalOptions;
}

/** Values of flags, as the command's own options name them. */
export type PlainValues = Partial<Record<PlainValue, string>>;

type PlainValue = 'processFile' | 'pidFile' | 'consoleSocket' | 'cwd';

export type PlainCommand = 'exec' | 'state' | 'start' | 'pause' | 'resume' | 'kill' | 'delete' | 'list';

interface PlainForm {
  readonly least: number;
  readonly most: number;
  /** Flags without a value: their long names, by every name. */
  readonly flags: Readonly<Record<string, string>>;
  /** Flags with a value. */
  readonly values?: Readonly<Record<string, PlainValue>>;
  /** What follows the id is not hako's, whatever it looks like. */
  readonly passesOn?: boolean;
}

/** How many arguments each takes, and its flags. */
const COMMANDS: Readonly<Record<PlainCommand, PlainForm>> = {
  exec: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    flags: { '--detach': 'detach', '-d': 'detach', '--tty': 'tty', '-t': 'tty' },
    values: {
      '--process': 'processFile',
      '-p': 'processFile',
      '--pid-file': 'pidFile',
      '--console-socket': 'consoleSocket',
      '--cwd': 'cwd',
    },
    passesOn: true,
  },
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
  const form = COMMANDS[command];
  const words = readWords(rest, form);
  if (words === undefined || words.args.length < form.least || words.args.length > form.most)
    return undefined;
  return { command, ...words, options: found.options };
}

function readWords(
  given: readonly string[],
  { flags: known, values: knownValues = {}, passesOn = false }: PlainForm,
): Pick<PlainCall, 'flags' | 'values' | 'args'> | undefined {
  const flags = new Set<string>();
  const values: PlainValues = {};
  const args: string[] = [];
  const words = [...given];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const flag = Object.hasOwn(known, word) ? known[word] : undefined;
    const name = Object.hasOwn(knownValues, word) ? knownValues[word] : undefined;
    if (flag !== undefined) flags.add(flag);
    else if (name !== undefined) {
      const value = words.shift();
      if (value === undefined || value.startsWith('-')) return undefined;
      values[name] = value;
    } else if (word.startsWith('-')) return undefined;
    else {
      args.push(word);
      // One that begins with a dash is rare, and the parser's to judge.
      if (passesOn && words[0]?.startsWith('-') === true) return undefined;
      if (passesOn) args.push(...words.splice(0));
    }
  }
  return { flags, values, args };
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
