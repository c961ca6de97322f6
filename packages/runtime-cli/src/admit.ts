import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatProblem, isCodedError, type Problem } from '@hako/errors';
import type { Translation } from '@hako/oci-translate';
import { CliError } from './cli-error.ts';
import type { GlobalOptions } from './global-options.ts';
import { hostFacts } from './host-facts.ts';
import { readConfigurationFile } from './load-configuration.ts';

/**
 * Reads a bundle and the configuration and translates them, before anything is made. The schemas are loaded here
 * only, so that commands on existing containers start without them.
 *
 * @throws CliError `bad-bundle`, `no-configuration`, `bad-input` with every problem found
 */
export async function admit(id: string, bundle: string, options: GlobalOptions): Promise<Translation> {
  const bundlePath = resolve(bundle);
  const specPath = `${bundlePath}/config.json`;
  const specText = readSpec(bundlePath, specPath);
  const { loadRuntimeConfig } = await import('./runtime-configuration.ts');
  const { translate } = await import('@hako/oci-translate');
  const file = readConfigurationFile(options.config, process.execPath);
  let translation: Translation;
  try {
    const { config, origins } = loadRuntimeConfig(file);
    translation = translate({
      specText,
      specFile: specPath,
      bundlePath,
      containerId: id,
      config,
      configOrigins: origins,
      host: hostFacts(),
    });
  } catch (error) {
    throw asBadInput(error);
  }
  checkRootfs(translation.container.rootfs.path, specPath);
  return translation;
}

/** Prints warnings, one line each. */
export function warn(problems: readonly Problem[]): void {
  for (const problem of problems) process.stderr.write(`hako: warning: ${formatProblem(problem)}\n`);
}

/** Prints a fact that the user should know once. */
export function notice(message: string): void {
  process.stderr.write(`hako: ${message}\n`);
}

function readSpec(bundlePath: string, specPath: string): string {
  const bundle = statSync(bundlePath, { throwIfNoEntry: false });
  if (bundle === undefined) throw badBundle(`bundle ${bundlePath} does not exist`, bundlePath);
  if (!bundle.isDirectory()) throw badBundle(`bundle ${bundlePath} is not a directory`, bundlePath);
  try {
    return readFileSync(specPath, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw badBundle(
      missing
        ? `${specPath} does not exist; "hako spec" in the bundle writes one`
        : `cannot read ${specPath}: ${(error as Error).message}`,
      specPath,
      error,
    );
  }
}

function checkRootfs(path: string, specPath: string): void {
  const rootfs = statSync(path, { throwIfNoEntry: false });
  if (rootfs === undefined)
    throw badBundle(`root file system ${path} (root.path of ${specPath}) does not exist`, path);
  if (!rootfs.isDirectory()) {
    throw badBundle(`root file system ${path} (root.path of ${specPath}) is not a directory`, path);
  }
}

function badBundle(message: string, path: string, cause?: unknown): CliError {
  return new CliError(
    'bad-bundle',
    message,
    cause === undefined ? { facts: { path } } : { facts: { path }, cause },
  );
}

/** One message that lists every problem of a checking error. */
function asBadInput(error: unknown): unknown {
  const problems = problemsOf(error);
  if (problems === undefined) return error;
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  const message =
    errors.length === 1
      ? (errors[0] ?? '')
      : [`${errors.length} problems:`, ...errors.map((line) => `  ${line}`)].join('\n');
  return new CliError('bad-input', message, { facts: { problems }, cause: error });
}

function problemsOf(error: unknown): readonly Problem[] | undefined {
  if (!isCodedError(error) || !('problems' in error.facts)) return undefined;
  return error.facts.problems as readonly Problem[];
}
