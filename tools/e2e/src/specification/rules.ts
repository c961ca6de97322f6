import { creationRules, endRules } from './life-cycle.ts';
import { linuxRules } from './linux.ts';
import { mountRules } from './mounts.ts';
import { processRules } from './process.ts';
import type { SpecRule } from './rule.ts';

/** In this order: the first rules make the box that later ones look into, the last ones end it. */
export const specRules: readonly SpecRule[] = [
  ...creationRules,
  ...processRules,
  ...mountRules,
  ...linuxRules,
  ...endRules,
];
