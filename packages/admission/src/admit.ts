import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Translation } from '@hako/oci-translate';
import { asBadInput } from './as-bad-input.ts';
import type { ConfigurationChoice } from './configuration-choice.ts';
import { badBundle, readSpec } from './read-spec.ts';

/** Who is told how long each phase took; Timings of @hako/sandbox is one. */
export interface PhaseNotes {
  add(name: string, ms: number): void;
  measure<T>(name: string, action: () => Promise<T>): Promise<T>;
}

/** A container that somebody wants made. */
export interface AdmitRequest {
  readonly id: string;
  /** Bundle folder; a relative one is below the working directory. */
  readonly bundle: string;
  /** Another config.json than the bundle's; a relative one is below the working directory. */
  readonly specFile?: string | undefined;
  readonly choice: ConfigurationChoice;
  readonly timings: PhaseNotes;
}

/**
 * Reads a bundle and the configuration and translates them, before anything is made. What it needs is loaded here
 * only, so that commands on existing containers start without it, and a shim whose client translates does too.
 *
 * @throws AdmissionError with every problem found
 */
export async function admit(request: AdmitRequest): Promise<Translation> {
  const { id, bundle, choice, timings } = request;
  const bundlePath = resolve(bundle);
  const specFile = resolve(request.specFile ?? `${bundlePath}/config.json`);
  const specText = readSpec(bundlePath, specFile);
  const { translateBundle, withNamedDevices } = await timings.measure(
    'translator code',
    () => import('./translation.ts'),
  );
  let translation: Translation;
  try {
    const asked = { specText, specFile, bundlePath, containerId: id };
    translation = await withNamedDevices(translateBundle(asked, choice, timings), { specFile });
  } catch (error) {
    throw asBadInput(error);
  }
  checkRootfs(translation.container.rootfs.path, specFile);
  return translation;
}

function checkRootfs(path: string, specPath: string): void {
  const rootfs = statSync(path, { throwIfNoEntry: false });
  if (rootfs === undefined)
    throw badBundle(`root file system ${path} (root.path of ${specPath}) does not exist`, path);
  if (!rootfs.isDirectory()) {
    throw badBundle(`root file system ${path} (root.path of ${specPath}) is not a directory`, path);
  }
}
