import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatProblem, type Problem } from '@hako/errors';
import type { Translation } from '@hako/oci-translate';
import type { Timings } from '@hako/sandbox/state';
import { asBadInput } from './as-bad-input.ts';
import type { GlobalOptions } from './global-options.ts';
import { printError } from './output.ts';
import { badBundle, readSpec } from './read-spec.ts';

/**
 * Reads a bundle and the configuration and translates them, before anything is made. What it needs is loaded here
 * only, so that commands on existing containers start without it.
 *
 * @throws CliError `bad-bundle`, `no-configuration`, `bad-input` with every problem found
 */
export async function admit(
  id: string,
  bundle: string,
  options: GlobalOptions,
  timings: Timings,
): Promise<Translation> {
  const bundlePath = resolve(bundle);
  const specFile = `${bundlePath}/config.json`;
  const specText = readSpec(bundlePath, specFile);
  const { translateBundle } = await timings.measure('translator code', () => import('./translate-bundle.ts'));
  let translation: Translation;
  try {
    translation = translateBundle({ specText, specFile, bundlePath, containerId: id }, options, timings);
  } catch (error) {
    throw asBadInput(error);
  }
  checkRootfs(translation.container.rootfs.path, specFile);
  return translation;
}

/** Prints warnings, one line each. */
export function warn(problems: readonly Problem[]): void {
  for (const problem of problems) printError(`hako: warning: ${formatProblem(problem)}\n`);
}

/** Prints a fact that the user should know once. */
export function notice(message: string): void {
  printError(`hako: ${message}\n`);
}

function checkRootfs(path: string, specPath: string): void {
  const rootfs = statSync(path, { throwIfNoEntry: false });
  if (rootfs === undefined)
    throw badBundle(`root file system ${path} (root.path of ${specPath}) does not exist`, path);
  if (!rootfs.isDirectory()) {
    throw badBundle(`root file system ${path} (root.path of ${specPath}) is not a directory`, path);
  }
}
