import { statSync } from 'node:fs';
import { AdmissionError } from './admission-error.ts';
import { readAtMost } from './read-text.ts';

/** Longest config.json that is read. */
export const MAX_SPEC_BYTES: number = 16 * 1024 * 1024;

/** The bytes of a bundle's config.json. @throws AdmissionError `bad-bundle` */
export function readSpec(bundlePath: string, specPath: string): Uint8Array {
  const bundle = statSync(bundlePath, { throwIfNoEntry: false });
  if (bundle === undefined) throw badBundle(`bundle ${bundlePath} does not exist`, bundlePath);
  if (!bundle.isDirectory()) throw badBundle(`bundle ${bundlePath} is not a directory`, bundlePath);
  try {
    return readAtMost(specPath, MAX_SPEC_BYTES);
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

/** A bundle that cannot be used. */
export function badBundle(message: string, path: string, cause?: unknown): AdmissionError {
  return new AdmissionError(
    'bad-bundle',
    message,
    cause === undefined ? { facts: { path } } : { facts: { path }, cause },
  );
}
