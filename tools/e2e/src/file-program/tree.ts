import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';

const filesInFolder = 500;

/** Makes a tree of so many files, sees each of them, and takes it away; answers what it saw. */
export function treeOf(folder: string, files: number): string {
  const root = `${folder}/tree`;
  mkdirSync(root);
  for (let index = 0; index < files; index++) {
    const dir = `${root}/${Math.floor(index / filesInFolder)}`;
    if (index % filesInFolder === 0) mkdirSync(dir);
    writeFileSync(`${dir}/${index}`, `${index}`);
  }
  const found = readdirSync(root).flatMap((dir) =>
    readdirSync(`${root}/${dir}`).map((name) => `${root}/${dir}/${name}`),
  );
  const bytes = found.reduce((sum, path) => sum + statSync(path).size, 0);
  rmSync(root, { recursive: true });
  return `${found.length} files of ${bytes} bytes, ${readdirSync(folder).length} left: ok`;
}
