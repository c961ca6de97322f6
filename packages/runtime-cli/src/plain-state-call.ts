import { GLOBAL_DEFAULTS, type GlobalOptions } from './global-options.ts';

/** A call of `state` with nothing that needs the whole command line's parser. */
export interface PlainStateCall {
  readonly id: string;
  readonly options: GlobalOptions;
}

/** Global flags with a value, by the option that they set. */
const VALUES = { '--root': 'root', '--log': 'log', '--config': 'config' } as const;

/**
 * Reads `[--root DIR] [--log FILE] [--log-format FORMAT] [--config FILE] [--debug] [--systemd-cgroup] state ID`.
 * Engines ask for a state again and again, and loading the parser of all commands takes longer than the answer. Every
 * other form, right or wrong, gives undefined and is left to that parser.
 */
export function plainStateCall(argv: readonly string[]): PlainStateCall | undefined {
  let options: GlobalOptions = GLOBAL_DEFAULTS;
  const words = argv.flatMap((word) => {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    return equals === -1 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
  });
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = words[at + 1];
    if (word === 'state') {
      const isPlain = words.length === at + 2 && value !== undefined && !value.startsWith('-');
      return isPlain ? { id: value, options } : undefined;
    }
    if (word === '--debug') options = { ...options, debug: true };
    else if (word === '--systemd-cgroup') options = { ...options, systemdCgroup: true };
    else if (value === undefined) return undefined;
    else if (word === '--log-format' && (value === 'json' || value === 'text')) {
      options = { ...options, logFormat: value };
      at += 1;
    } else if (word in VALUES) {
      options = { ...options, [VALUES[word as keyof typeof VALUES]]: value };
      at += 1;
    } else return undefined;
  }
  return undefined;
}
