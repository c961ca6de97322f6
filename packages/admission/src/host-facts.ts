import { realpathSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { TranslateHost } from '@hako/oci-translate';

/** What a translation asks of this host. Paths are resolved, so that a link cannot pass an allow-list. */
export function hostFacts(): TranslateHost & Required<Pick<TranslateHost, 'canonicalPath'>> {
  return {
    numCpus: availableParallelism(),
    memoryMib: Math.floor(totalmem() / 2 ** 20),
    canonicalPath: (path) => {
      try {
        return realpathSync(path);
      } catch {
        return undefined;
      }
    },
    fileSystemSize: (path) => {
      try {
        const { bsize, blocks } = statfsSync(path);
        return { blockSize: bsize, blocks };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
