import { readFileSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import { deviceFile, listOf } from './find-disk.ts';

/**
 * Device file of the NVDIMM with this number (handle) in the firmware's table. The kernel makes a region of each, and a disk of the
 * region. Undefined while it is not there. Throws AgentError `invalid-argument` for what is no number.
 */
export function findNvdimm(handle: string, sysDir = '/sys', devDir = '/dev'): string | undefined {
  if (!/^[1-9][0-9]{0,8}$/.test(handle))
    throw new AgentError('invalid-argument', `${JSON.stringify(handle)} is no number of an NVDIMM`);
  const devices = `${sysDir}/bus/nd/devices`;
  const names = listOf(devices);
  const module = names.find(
    (name) => /^nmem[0-9]+$/.test(name) && Number(read(`${devices}/${name}/nfit/handle`)) === Number(handle),
  );
  const region = names.find(
    (name) => /^region[0-9]+$/.test(name) && read(`${devices}/${name}/mapping0`).split(',')[0] === module,
  );
  if (module === undefined || region === undefined) return undefined;
  const namespace = listOf(`${devices}/${region}`).find((name) => /^namespace[0-9]+\.[0-9]+$/.test(name));
  return deviceFile(`${devices}/${region}/${namespace}/block`, devDir);
}

/** Empty for what is not there. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
}
