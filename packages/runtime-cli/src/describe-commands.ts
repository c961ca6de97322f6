import type { Command, Option } from 'commander';
import { buildProgram } from './command-line.ts';

/** A command as completion and documents need it. Plain data, from the definitions that run. */
export interface CommandDescription {
  /** `hako`, `run`, `show`. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionDescription[];
  /** Placeholders of its arguments: `id`, `file`; the last one may be `file...`. */
  readonly arguments: readonly string[];
  readonly commands: readonly CommandDescription[];
}

export interface OptionDescription {
  /** `-b`, `--bundle`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Placeholder of its value: `dir`; absent for a switch. */
  readonly value?: string;
  /** The values there are, if they are a closed set. */
  readonly choices?: readonly string[];
}

/** All commands and flags of `hako`. */
export function describeCommands(): CommandDescription {
  return describe(buildProgram(() => Promise.resolve()));
}

function describe(command: Command): CommandDescription {
  return {
    name: command.name(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(describeOption),
    arguments: command.registeredArguments.map((argument) =>
      argument.variadic ? `${argument.name()}...` : argument.name(),
    ),
    commands: command.commands.map(describe),
  };
}

function describeOption({ short, long, flags, description, argChoices }: Option): OptionDescription {
  const value = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1];
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    ...(value === undefined ? {} : { value }),
    ...(argChoices === undefined ? {} : { choices: argChoices }),
  };
}
