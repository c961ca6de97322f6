import type { Line } from '@hako/annotations';
import { compare, type Verdict } from './compare.ts';
import { smallEntries } from './entries/small.ts';
import { container, network, type RunContext, sandbox, sharedMemorySize } from './entries/translation.ts';
import type { Outcome } from './outcome.ts';
import type { JsonObject, Vector, VectorFolder } from './vectors.ts';

const entries: Readonly<Record<string, (input: JsonObject, context: RunContext) => Outcome>> = {
  ...smallEntries,
  'oci.SandboxConfig': sandbox,
  'oci.ContainerConfig': container,
  'oci.getShmSize': sharedMemorySize,
  'oci.networkConfig': network,
};

export interface CaseResult {
  readonly vector: Vector;
  readonly verdict: Verdict;
}

/** Runs all vectors of a folder through hako's public functions. */
export function runVectors(folder: VectorFolder, line: Line): CaseResult[] {
  const context = { line, experimentalFeatures: folder.experimentalFeatures };
  return folder.vectors.map((vector) => ({ vector, verdict: runVector(vector, context) }));
}

function runVector(vector: Vector, context: RunContext): Verdict {
  const entry = entries[vector.entry];
  if (entry === undefined) return { kind: 'different', reason: `hako has no unit for ${vector.entry}` };
  try {
    return compare(vector, entry(vector.input, context));
  } catch (error) {
    return {
      kind: 'different',
      reason: `hako threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    };
  }
}
