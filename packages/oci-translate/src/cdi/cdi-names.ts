import type { Problem } from '@hako/errors';
import { formatPath, printable } from '@hako/shape';
import { isCdiAnnotation } from './cdi-annotation.ts';

/** A device of the Container Device Interface that somebody asks for. */
export interface CdiName {
  /** `vendor.com/class=device` */
  readonly name: string;
  /** `vendor.com/class` */
  readonly kind: string;
  /** The device's name among those of its kind. */
  readonly device: string;
  /** Where it is asked for, as problems say it: `annotations["cdi.k8s.io/gpus"]`. */
  readonly namedBy: string;
  /** The file in which that is. */
  readonly file?: string;
  /** Others than CDI's devices may have such names, so that one which is not found is only said. Default false. */
  readonly mayBeAnother?: boolean;
}

const word = '[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?';
const qualified = new RegExp(`^(${word}/${word})=([A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?)$`);

/** A device by its qualified name, or what is wrong with that. */
export function cdiName(name: string, namedBy: string): CdiName | Problem {
  const [, kind, device] = qualified.exec(name) ?? [];
  return kind === undefined || device === undefined
    ? notQualified(namedBy, name)
    : { name, kind, device, namedBy };
}

/** The devices that annotations `cdi.k8s.io/…` of a file name, each once, and what is wrong with the others. Throws nothing. */
export function cdiNames(
  annotations: Readonly<Record<string, string>>,
  file: string,
): {
  readonly names: readonly CdiName[];
  readonly problems: readonly Problem[];
} {
  const names = new Map<string, CdiName>();
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(annotations)) {
    if (!isCdiAnnotation(key)) continue;
    const field = formatPath([key], 'annotations');
    for (const text of value.split(',')) {
      const name = cdiName(text, field);
      if ('severity' in name) problems.push({ ...name, file });
      else if (!names.has(text)) names.set(text, { ...name, file });
    }
  }
  return { names: [...names.values()], problems };
}

function notQualified(field: string, text: string): Problem {
  return {
    severity: 'error',
    code: 'cdi/bad-name',
    field,
    value: printable(text),
    rule: 'must be the name of a CDI device: vendor/class=device, several separated by commas',
  };
}
