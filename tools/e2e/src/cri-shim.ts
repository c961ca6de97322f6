import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the states of the sandboxes are that containerd's CRI asks for. */
export const criStates = '/run/hako/.containerd/k8s.io';

/** pid of a pod's shim. */
export const shimOf = (id: string): number => JSON.parse(read(id, 'shim.json')).pid as number;

/** pid of the process of that role that the pod's journal names. */
export function roleOf(id: string, role: string): number {
  const line = read(id, 'journal.jsonl')
    .split('\n')
    .find((text) => text.includes('"started"') && text.includes(`"role":"${role}`));
  return JSON.parse(line ?? '{}').pid as number;
}

const read = (id: string, file: string): string => readFileSync(join(criStates, id, file), 'utf8');
