import { readSpec } from '@hako/admission';
import { sandboxId } from '@hako/oci-translate/container-type';

/** The label by which containerd's own shim has containers share one; it counts before the CRI's. */
const GROUP_KEY = 'io.containerd.runc.v2.group';

/**
 * Id of the sandbox, and so of the shim, that a bundle's container belongs to: the one that its annotations name, else
 * its own. Only annotations are looked at here; the whole of config.json is checked when the container is made.
 *
 * @throws AdmissionError `bad-bundle`
 */
export function sandboxOf(bundle: string, id: string): string {
  const annotations = annotationsOf(new TextDecoder().decode(readSpec(bundle, `${bundle}/config.json`)));
  return annotations[GROUP_KEY] ?? sandboxId(annotations) ?? id;
}

function annotationsOf(text: string): Readonly<Record<string, string>> {
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch {
    // Create says what is wrong with it, with line and column.
    return {};
  }
  const annotations: unknown = isObject(spec) ? spec.annotations : undefined;
  if (!isObject(annotations)) return {};
  return Object.fromEntries(
    Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
