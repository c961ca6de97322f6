import type { Problem } from '@hako/errors';
import { check, dropNulls, printable, type Shape } from '@hako/shape';
import { OciSpecError } from './error.ts';
import { type Features, featuresShape } from './features.ts';
import { type ParseJsonOptions, parseJson } from './json.ts';
import { type LinuxResources, linuxResourcesShape } from './linux-resources.ts';
import { type Process, processShape } from './process.ts';
import { type Spec, specShape } from './spec.ts';
import { type State, stateShape } from './state.ts';

/** Options of the parse functions. */
export type ParseOptions = ParseJsonOptions;

export interface ParseSpecOptions extends ParseOptions {
  /** Also takes files that claim another version than 1.x, as the specification's own examples do. Default false. */
  readonly anyVersion?: boolean;
}

/**
 * Reads a config.json from its text, its bytes, or an already parsed value. Optional members that are null are
 * dropped, as Go programs write null for "none"; unknown members are kept.
 *
 * Throws `OciSpecError`: `not-json` (line and column), `unsupported-version` (not 1.x), or `invalid` with every
 * problem, each naming JSON path, value and rule.
 */
export function parseSpec(input: unknown, options: ParseSpecOptions = {}): Spec {
  const value = read(input, options);
  if (options.anyVersion !== true) refuseOtherVersions(value, options);
  return checked(specShape, value, input, options);
}

/** Reads a `process` alone, as `exec --process` takes it. Throws as `parseSpec` does. */
export function parseProcess(input: unknown, options: ParseOptions = {}): Process {
  return checked(processShape, read(input, options), input, options);
}

/** Reads `linux.resources` alone, as `update --resources` takes it. Throws as `parseSpec` does. */
export function parseResources(input: unknown, options: ParseOptions = {}): LinuxResources {
  return checked(linuxResourcesShape, read(input, options), input, options);
}

/** Reads the JSON that `state` prints. Throws as `parseSpec` does. */
export function parseState(input: unknown, options: ParseOptions = {}): State {
  return checked(stateShape, read(input, options), input, options);
}

/** Reads the JSON that `features` prints. Throws as `parseSpec` does. */
export function parseFeatures(input: unknown, options: ParseOptions = {}): Features {
  return checked(featuresShape, read(input, options), input, options);
}

function read(input: unknown, options: ParseOptions): unknown {
  return typeof input === 'string' || input instanceof Uint8Array ? parseJson(input, options) : input;
}

function checked<T>(shape: Shape<T>, value: unknown, input: unknown, options: ParseOptions): T {
  const result = check(shape, value, { codePrefix: 'oci-spec', ...pickFile(options) });
  if (result.problems.length > 0) throw new OciSpecError('invalid', result.problems);
  if (result.nulls.length === 0) return value as T;
  if (value !== input) {
    dropNulls(result);
    return value as T;
  }
  // The caller's own object is not changed.
  const copy = structuredClone(value);
  dropNulls(check(shape, copy, { codePrefix: 'oci-spec' }));
  return copy as T;
}

/** A file of another major version follows other rules, so its other problems would only mislead. */
function refuseOtherVersions(value: unknown, options: ParseOptions): void {
  if (typeof value !== 'object' || value === null || !('ociVersion' in value)) return;
  const version = value.ociVersion;
  if (typeof version !== 'string' || /^1\.\d+\.\d+(?:[-+]|$)/.test(version)) return;
  const problem: Problem = {
    severity: 'error',
    code: 'oci-spec/unsupported-version',
    ...pickFile(options),
    field: 'ociVersion',
    value: printable(version),
    rule: 'must be a version 1.x.y of the OCI runtime specification',
  };
  throw new OciSpecError('unsupported-version', [problem]);
}

function pickFile({ file }: ParseOptions): { file?: string } {
  return file === undefined ? {} : { file };
}

declare function structuredClone<T>(value: T): T;
