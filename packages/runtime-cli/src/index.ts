export { CliError, type CliErrorCode, type CliErrorFacts } from './cli-error.ts';
export { commandLine } from './command-line.ts';
export {
  type CommandDescription,
  describeCommands,
  type OptionDescription,
} from './describe-commands.ts';
export { signalNumber } from './signals.ts';
