import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MAX_SPEC_BYTES, readAtMost } from '@hako/admission';
import type { AskedContainer } from '@hako/admission/translation';
import { parseSpec } from '@hako/oci-spec';
import { readPod } from '@hako/oci-translate/pod';
import { decodeUtf8 } from '@hako/shape';
import { CliError } from './cli-error.ts';

/** What `explain` was pointed at. */
export interface ExplainTarget extends Omit<AskedContainer, 'containerId'> {
  /** `bundle /b`, `config.json /b/config.json`, `pod default/web of web.yaml`. */
  readonly title: string;
}

/** Where a container stands that has no bundle yet. */
const NO_BUNDLE = '/path/of/the/bundle';

/**
 * Reads a bundle folder, a config.json or a Kubernetes manifest; `-` is stdin. Of a file the content says which.
 *
 * @throws CliError `bad-bundle`; OciSpecError, TranslateError with every problem
 */
export function readExplainTarget(target: string): ExplainTarget {
  const isFolder = target !== '-' && statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = isFolder ? `${resolve(target)}/config.json` : target;
  const bytes = read(path, isFolder);
  const name = path === '-' ? 'stdin' : path;
  if (isFolder || isOciSpec(bytes)) {
    const spec = parseSpec(bytes, { file: name, maxLength: MAX_SPEC_BYTES });
    const bundlePath = path === '-' ? NO_BUNDLE : dirname(resolve(path));
    const title = isFolder ? `bundle ${bundlePath}` : `config.json ${name}`;
    return { title, spec, specFile: name, bundlePath };
  }
  const pod = readPod(bytes, { file: name });
  return {
    title: `pod ${pod.name} of ${name}`,
    spec: pod.spec,
    specFile: name,
    bundlePath: NO_BUNDLE,
  };
}

function read(path: string, isFolder: boolean): Uint8Array {
  try {
    return readAtMost(path, MAX_SPEC_BYTES);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = isFolder ? '; "hako spec" writes one' : '';
    throw new CliError('bad-bundle', `cannot read ${path}: ${why}${hint}`, { facts: { path }, cause });
  }
}

/** A config.json names the version of its specification; a manifest names its kind. */
function isOciSpec(bytes: Uint8Array): boolean {
  const text = decodeUtf8(bytes);
  if (typeof text !== 'string') return text.offset > 0 && bytes[0] === 0x7b;
  if (!text.trimStart().startsWith('{')) return false;
  return /"ociVersion"\s*:/.test(text) || !/"kind"\s*:/.test(text);
}
