import type { Line } from '@hako/annotations';
import type { Problem } from '@hako/errors';
import type { Linux, Process, Root, Spec } from '@hako/oci-spec';

/** The sections of a spec without which there is no container, and a problem for each that is missing. */
export interface Sections {
  readonly root?: Root;
  readonly process?: Process;
  readonly linux?: Linux;
  readonly problems: readonly Problem[];
}

/** 1.x cannot do without `linux` and `linux.resources` either. */
export function sectionsOf(spec: Spec, line: Line): Sections {
  const { root, process, linux } = spec;
  const missing: string[] = [];
  if (root === undefined) missing.push('root');
  if (process === undefined) missing.push('process');
  if (line === '1.x' && linux === undefined) missing.push('linux');
  if (line === '1.x' && linux !== undefined && linux.resources === undefined) missing.push('linux.resources');
  return {
    ...(root === undefined ? {} : { root }),
    ...(process === undefined ? {} : { process }),
    ...(linux === undefined ? {} : { linux }),
    problems: missing.map((field) => ({
      severity: 'error',
      code: 'translate/missing-section',
      field,
      rule: 'is required',
    })),
  };
}
