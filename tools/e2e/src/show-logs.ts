import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { stateRoots } from './state-roots.ts';

/** The end of a log says why; a guest's console may be long. */
const LAST_BYTES = 4000;

/** What shims, guests and machines of a sandbox have logged, and what is known of it. */
const FILES = ['state.json', 'shim.json', 'shim.log', 'journal.jsonl'];

// A test that fails shows what was logged in the sandboxes that are still there.
beforeEach(({ onTestFailed }) => {
  onTestFailed(({ task }) => {
    for (const root of stateRoots) {
      const logs = logsOf(root);
      if (logs !== '') console.error(`${task.name}: logs in ${root}\n${logs}`);
    }
  });
});

/** The ends of all logs in a state root. */
function logsOf(stateRoot: string): string {
  if (!existsSync(stateRoot)) return '';
  return readdirSync(stateRoot)
    .map((id) => join(stateRoot, id))
    .flatMap((folder) => [...FILES.map((name) => join(folder, name)), ...filesIn(join(folder, 'logs'))])
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => `--- ${path}\n${readFileSync(path, 'utf8').slice(-LAST_BYTES).trimEnd()}\n`)
    .join('');
}

function filesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
