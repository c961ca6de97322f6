import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Folder of this tool. */
export const deployFolder = join(import.meta.dirname, '..');

/** Folder of the Kubernetes manifests. */
export const manifestFolder = join(deployFolder, 'kubernetes');

/** The section that makes hako a runtime handler of containerd's CRI, for a config.toml of that version. */
export function containerdSection(version: 2 | 3): string {
  return readFileSync(join(deployFolder, `containerd/config-v${version}.toml`), 'utf8');
}

/** Memory that the RuntimeClass adds to what the containers of a pod ask for. */
export function podOverheadMib(): number {
  const manifest = parse(readFileSync(join(manifestFolder, 'runtime-class.yaml'), 'utf8'));
  const { memory } = manifest.overhead.podFixed;
  const [, mebibytes] = /^(\d+)Mi$/.exec(memory) ?? [];
  if (mebibytes === undefined) throw new Error(`the overhead's memory must be a number of Mi, not ${memory}`);
  return Number(mebibytes);
}
