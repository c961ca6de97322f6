import type { Problem } from '@hako/errors';
import {
  absolutePath,
  check,
  dropNulls,
  list,
  matching,
  name,
  object,
  osText,
  type Shape,
  uint32,
} from '@hako/shape';
import { TranslateError } from '../error.ts';
import { yamlDocuments } from '../yaml-documents.ts';

/** A file of the Container Device Interface, as it lies on the host. */
export interface CdiFile {
  readonly path: string;
  /** Which of two files counts that describe the same device: the one with the higher rank. */
  readonly rank: number;
  /** Its text, or why it cannot be read. */
  readonly text: Uint8Array | { readonly error: string };
}

/** What is read of such a file; the rest is for those who make containers. CDI specification 1.1. */
export interface CdiSpec {
  readonly cdiVersion: string;
  /** `vendor.com/class` */
  readonly kind: string;
  readonly devices: readonly CdiDevice[];
  /** Come with any of the devices. */
  readonly containerEdits?: CdiEdits;
}

export interface CdiDevice {
  readonly name: string;
  readonly containerEdits?: CdiEdits;
}

export interface CdiEdits {
  readonly deviceNodes?: readonly CdiDeviceNode[];
}

export interface CdiDeviceNode {
  /** Path in the container. */
  readonly path: string;
  /** Path on the host. Default: the same. */
  readonly hostPath?: string;
  /** `c` and `u` are character devices, `b` block devices, `p` named pipes. Default: what the file of the host is. */
  readonly type?: string;
  /** Default 0: the numbers of the file of the host. */
  readonly major?: number;
  /** Default 0. */
  readonly minor?: number;
  /** Default: not said. */
  readonly fileMode?: number;
  /** Default 0. */
  readonly uid?: number;
  /** Default 0. */
  readonly gid?: number;
}

const edits = object<CdiEdits>(
  {
    deviceNodes: list(
      object<CdiDeviceNode>(
        {
          path: absolutePath,
          hostPath: absolutePath,
          type: osText,
          major: uint32,
          minor: uint32,
          fileMode: uint32,
          uid: uint32,
          gid: uint32,
        },
        { path: true },
      ),
    ),
  },
  {},
);

const cdiSpecShape: Shape<CdiSpec> = object<CdiSpec>(
  {
    cdiVersion: matching('v?[0-9]+\\.[0-9]+\\.[0-9]+(?:[-+].*)?', 'must be a version of CDI such as 0.6.0'),
    kind: name,
    devices: list(object<CdiDevice>({ name, containerEdits: edits }, { name: true })),
    containerEdits: edits,
  },
  { cdiVersion: true, kind: true, devices: true },
);

/**
 * Reads a file of one of the wanted kinds; of another kind it is left unread, whatever else it holds. Throws nothing.
 *
 * @returns neither spec nor problem for a file of another kind
 */
export function readCdiSpec(
  { path: file, text }: CdiFile,
  kinds: ReadonlySet<string>,
): { readonly spec?: CdiSpec; readonly problems: readonly Problem[] } {
  if ('error' in text) return { problems: [problem(file, 'unreadable', `cannot be read: ${text.error}`)] };
  try {
    const [value, ...others] = yamlDocuments(text, { file, codePrefix: 'cdi' });
    if (others.length > 0) return { problems: [problem(file, 'bad-value', 'must hold one document')] };
    const kind: unknown = (value as Partial<CdiSpec>).kind;
    if (typeof kind === 'string' && !kinds.has(kind)) return { problems: [] };
    const result = check(cdiSpecShape, value, { codePrefix: 'cdi', file });
    if (result.problems.length > 0) return result;
    dropNulls(result);
    return { spec: value as CdiSpec, problems: [] };
  } catch (error) {
    if (error instanceof TranslateError) return { problems: error.facts.problems };
    throw error;
  }
}

function problem(file: string, code: string, rule: string): Problem {
  return { severity: 'error', code: `cdi/${code}`, file, field: '', rule };
}
