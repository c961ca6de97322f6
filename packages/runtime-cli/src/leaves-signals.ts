/** Flags with a value, by every name: those before the command, and those of `exec`. */
export const VALUE_FLAGS: Readonly<Record<'hako' | 'exec', readonly string[]>> = {
  hako: [
    ...['--root', '--log', '--log-format', '--criu', '--kata-config', '--config', '--cgroup-manager'],
    '--rootless',
  ],
  exec: [
    ...['-p', '--process', '--console-socket', '--console', '--pid-file', '--cwd', '-e', '--env', '-u'],
    ...['--user', '-g', '--additional-gids', '-c', '--cap', '--preserve-fds', '--apparmor', '--cgroup'],
    '--process-label',
  ],
};

/**
 * True for an `exec` that its caller waits for, whatever its flags: it has nothing to do with these signals but to let the stand-in have
 * them that it becomes. Its engine is started with them blocked: in the moment of change nobody would hear of one that any
 * thread of the engine took.
 *
 * A `run` becomes a stand-in too, after a second, but must end by a signal while its machine boots, and the processes that it starts
 * would inherit what is blocked; so its engine takes them. One that comes in the millisecond or two in which the engine is replaced
 * may be lost there; who sends it again is heard.
 *
 * @param argv arguments of `hako`
 */
export function leavesSignals(argv: readonly string[]): boolean {
  const [command, ...given] = readFlags(argv, VALUE_FLAGS.hako).rest;
  if (command !== 'exec') return false;
  const { flags, rest } = readFlags(given, VALUE_FLAGS.exec);
  return rest.length > 0 && !flags.has('-d') && !flags.has('--detach');
}

/** Takes the flags off the front of a call: long names, and letters one by one (`-it` are `-i` and `-t`). */
function readFlags(
  argv: readonly string[],
  withValue: readonly string[],
): { flags: ReadonlySet<string>; rest: readonly string[] } {
  const flags = new Set<string>();
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return { flags, rest: argv.slice(at + 1) };
    if (!word.startsWith('-')) break;
    const names = word.startsWith('--') ? [word] : Array.from(word.slice(1), (letter) => `-${letter}`);
    // What follows a letter with a value is the value.
    const valued = names.findIndex((name) => withValue.includes(name));
    for (const name of valued === -1 ? names : names.slice(0, valued + 1)) flags.add(name);
    if (valued !== -1 && valued === names.length - 1) at++;
  }
  return { flags, rest: argv.slice(at) };
}
