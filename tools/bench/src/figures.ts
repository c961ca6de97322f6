import type { Figure } from './figure.ts';
import { cloneDensity } from './figures/clone-density.ts';
import { clones } from './figures/clones.ts';
import { copy } from './figures/copy.ts';
import { deletion } from './figures/delete.ts';
import { density } from './figures/density.ts';
import { exec } from './figures/exec.ts';
import { files } from './figures/files.ts';
import { follow } from './figures/follow.ts';
import { hotplug } from './figures/hotplug.ts';
import { idleSandbox } from './figures/idle.ts';
import { network } from './figures/network.ts';
import { plugCycles } from './figures/plug-cycles.ts';
import { pods } from './figures/pods.ts';
import { rateLimit } from './figures/rate-limit.ts';
import { ready } from './figures/ready.ts';
import { soak } from './figures/soak.ts';
import { coldStart } from './figures/start.ts';
import { translatedBlocks } from './figures/translated-blocks.ts';
import { translation } from './figures/translation.ts';

/** All figures, in the order in which they are measured. */
export const figures: readonly Figure[] = [
  coldStart,
  clones,
  ready,
  translatedBlocks,
  idleSandbox,
  exec,
  deletion,
  density,
  cloneDensity,
  pods,
  hotplug,
  plugCycles,
  network,
  follow,
  rateLimit,
  files,
  copy,
  translation,
  soak,
];
