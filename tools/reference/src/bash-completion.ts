import { completionData, type OverrideFamily } from '@hako/annotations';
import { listKeys } from '@hako/config';
import type { CommandDescription } from '@hako/runtime-cli';

/** What bash offers for each placeholder of a value or an argument; others get file names. */
const kinds: Readonly<Record<string, string>> = {
  id: 'containers',
  dir: 'folders',
  key: 'keys',
  signal: 'nothing',
  options: 'nothing',
  'annotation=value': 'annotations',
};

/** A script that completes commands, flags, container ids, annotations and configuration keys in bash. */
export function bashCompletion<C>(
  program: CommandDescription,
  families: readonly OverrideFamily<C>[],
): string {
  const commands = flatten(program, []);
  const annotations = completionData(families);
  const keys = listKeys().map(({ section, key }) => `${section}.${key.toml}`);
  const tables = [...new Set(listKeys().map(({ section }) => section))];
  return `# bash completion of hako.
# Made by \`pnpm nx run @hako/reference:reference\` from the commands and the tables in the packages. Do not edit.

# Commands below a command path ('' for hako itself), its flags, and what each of its arguments is.
${choose('__hako_commands', '$1', commands, ({ path, command }) => [path, names(command.commands)])}
${choose('__hako_flags', '$1', commands, ({ path, command }) => [path, command.options.flatMap(({ flags }) => flags).join(' ')])}
${choose('__hako_arguments', '$1', commands, ({ path, command }) => [path, argumentKinds(command)])}
# What stands for the value of a flag; nothing for a switch.
${choose(
  '__hako_value',
  '$1 $2',
  commands.flatMap(({ path, command }) => command.options.map((option) => ({ path, option }))),
  ({ path, option }) => [
    option.flags.map((flag) => `${path} ${flag}`),
    option.value === undefined
      ? ''
      : (option.choices?.join(' ').replace(/^/, 'words ') ?? kindOf(option.value)),
  ],
)}
__hako_keys='${[...tables, ...keys].join('\n')}'
__hako_annotations='${annotations.map(({ key }) => key).join('\n')}'
# Values of annotations that have a closed set.
${choose('__hako_annotation_words', '$1', annotations, ({ key, words }) => [key, words.join(' ')])}
${body}`;
}

interface Flat {
  /** `config show`; empty for the program. */
  readonly path: string;
  readonly command: CommandDescription;
}

function flatten(command: CommandDescription, path: readonly string[]): Flat[] {
  return [
    { path: path.join(' '), command },
    ...command.commands.flatMap((below) => flatten(below, [...path, below.name])),
  ];
}

function names(commands: readonly CommandDescription[]): string {
  return commands.map(({ name }) => name).join(' ');
}

/** One kind per argument, in order; of `file...` the last one counts for all that follow. */
function argumentKinds({ arguments: placeholders, options, commands }: CommandDescription): string {
  if (commands.length > 0) return '';
  // Whoever names a bundle makes a container, whose id is none that exists.
  const makes = options.some(({ flags }) => flags.includes('--bundle'));
  const all = placeholders.map((placeholder) =>
    makes && placeholder === 'id' ? 'nothing' : kindOf(placeholder.replace('...', '')),
  );
  return (placeholders.at(-1)?.endsWith('...') === true ? [...all, 'more'] : all).join(' ');
}

function kindOf(placeholder: string): string {
  return kinds[placeholder] ?? 'files';
}

/** A shell function that prints a text per word; words without a text are left out. */
function choose<T>(
  name: string,
  subject: string,
  items: readonly T[],
  branch: (item: T) => readonly [string | readonly string[], string],
): string {
  const branches = items.map(branch).filter(([, text]) => text !== '');
  const lines = branches.map(([words, text]) => {
    const patterns = [words].flat().map((word) => `'${word}'`);
    return `    ${patterns.join(' | ')}) echo '${text}' ;;`;
  });
  return `${name}() {\n  case "${subject}" in\n${lines.join('\n')}\n  esac\n}\n`;
}

const body = `
# The kind of the argument number $1 of the kinds that follow, where "more" says that the last one goes on.
__hako_nth() {
  local number=$1 kinds=("\${@:2}")
  [ \${#kinds[@]} -gt 0 ] || return
  [ "\${kinds[-1]}" != more ] || [ "$number" -lt $((\${#kinds[@]} - 1)) ] || number=$((\${#kinds[@]} - 2))
  echo "\${kinds[number]}"
}

_hako() {
  local current=\${COMP_WORDS[COMP_CWORD]} command='' kind='' word index root=() given=0
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      -*)
        kind=$(__hako_value "$command" "$word")
        [ -n "$kind" ] || continue
        # bash makes words of --flag=value: --flag, =, value.
        [ "\${COMP_WORDS[index + 1]}" != = ] || ((index++))
        ((index++))
        [ "$word" != --root ] || root=(--root "\${COMP_WORDS[index]}")
        ((index < COMP_CWORD)) && kind=
        ;;
      =) ;;
      *)
        kind=
        if [[ " $(__hako_commands "$command") " == *" $word "* ]]; then
          command="\${command:+$command }$word"
        else
          ((given++))
        fi
        ;;
    esac
  done
  # KEY=VALUE of an annotation is three words, too.
  if [ "$current" = = ] || [ "\${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
    index=$((COMP_CWORD - 1))
    [ "$current" = = ] && current= || index=$((COMP_CWORD - 2))
    word=$(__hako_annotation_words "\${COMP_WORDS[index]}")
    if [ -n "$word" ]; then
      mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
      return
    fi
    case \${COMP_WORDS[index]} in
      -*) kind=$(__hako_value "$command" "\${COMP_WORDS[index]}") ;;
    esac
  fi
  if [ -z "$kind" ]; then
    if [[ $current == -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$(__hako_flags "$command")" -- "$current")
      return
    fi
    word=$(__hako_commands "$command")
    kind=\${word:+words $word}
    [ -n "$kind" ] || kind=$(__hako_nth "$given" $(__hako_arguments "$command"))
  fi
  case $kind in
    'words '*) mapfile -t COMPREPLY < <(compgen -W "\${kind#words }" -- "$current") ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$current") && compopt -o filenames 2>/dev/null ;;
    files) mapfile -t COMPREPLY < <(compgen -f -- "$current") && compopt -o filenames 2>/dev/null ;;
    containers)
      mapfile -t COMPREPLY < <(compgen -W "$("\${COMP_WORDS[0]}" "\${root[@]}" list --quiet 2>/dev/null)" -- "$current")
      ;;
    keys) mapfile -t COMPREPLY < <(compgen -W "$__hako_keys" -- "$current") ;;
    annotations)
      mapfile -t COMPREPLY < <(compgen -W "$__hako_annotations" -S = -- "$current")
      compopt -o nospace 2>/dev/null
      ;;
  esac
}
complete -F _hako hako
`;
