import { type AdmitRequest, admit } from '@hako/admission';
import { Timings } from '@hako/sandbox/state';
import { isAnySigned } from '../machine-cache/cache-sign.ts';
import { type MachineCacheChoice, machineCacheOf } from '../machine-cache/machine-cache-choice.ts';

/** Where a machine for a bundle's sandbox may be ready; undefined where there is no such place, or something is wrong, which Create says. */
export async function bundleMachineCache(
  bundle: Omit<AdmitRequest, 'timings'>,
): Promise<MachineCacheChoice | undefined> {
  // Reading and translating all of it costs 8 ms.
  if (!isAnySigned()) return undefined;
  try {
    const { sandbox } = await admit({ ...bundle, timings: new Timings() });
    return machineCacheOf(sandbox);
  } catch {
    return undefined;
  }
}
