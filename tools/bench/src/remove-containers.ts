import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { timeProgram } from './processes.ts';

/** Deletes the containers whose state is in a folder of `folder`: those of a figure that could not be prepared or measured to its end. */
export async function removeContainers(workspace: string, folder: string): Promise<void> {
  for (const root of foldersIn(folder)) {
    for (const id of foldersIn(join(folder, root))) {
      // With its first file a folder is a container's, whatever its name.
      const isContainer = ['state.json', 'container.json'].some((name) =>
        existsSync(join(folder, root, id, name)),
      );
      if (isContainer) {
        const state = ['--root', join(folder, root)];
        await timeProgram(join(workspace, 'dist/bin/hako'), [...state, 'delete', '--force', id]);
      }
    }
  }
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
}
