import type { Problem } from '@hako/errors';
import { printable } from '@hako/shape';

/** Something that may be asked for by name before it is finished. */
export interface ExperimentalFeature {
  /** Lower-case letters, digits and underscores, beginning with a letter. */
  readonly name: string;
  readonly description: string;
  /** Release in which it is meant to be finished. */
  readonly expectedRelease: string;
}

/** The features of this version: none. */
export const knownFeatures: readonly ExperimentalFeature[] = [];

/** The list with one more feature at its end, or what is wrong with the feature. */
export function addFeature(
  features: readonly ExperimentalFeature[],
  feature: ExperimentalFeature,
): readonly ExperimentalFeature[] | Problem {
  const { name, description, expectedRelease } = feature;
  const problem = { severity: 'error', field: 'experimental', value: printable(name) } as const;
  if (findFeature(features, name) !== undefined)
    return { ...problem, code: 'feature/known', rule: 'must be registered once only' };
  if (name === '' || description === '' || expectedRelease === '')
    return {
      ...problem,
      code: 'feature/incomplete',
      rule: 'must have name, description and expected release',
    };
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    return {
      ...problem,
      code: 'feature/name',
      rule: 'must be lower-case letters, digits and _, a letter first',
    };
  return [...features, feature];
}

/** The feature of that name. */
export function findFeature(
  features: readonly ExperimentalFeature[],
  name: string,
): ExperimentalFeature | undefined {
  return features.find((feature) => feature.name === name);
}
