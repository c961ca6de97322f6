import { readdirSync, statSync } from 'node:fs';

/** How many files a tree of folders has, by their names alone, or with a look at each. */
export function countFiles(folder: string, looks: boolean): string {
  let files = 0;
  let bytes = 0;
  for (const dir of readdirSync(folder)) {
    const names = readdirSync(`${folder}/${dir}`);
    files += names.length;
    if (looks) for (const name of names) bytes += statSync(`${folder}/${dir}/${name}`).size;
  }
  return looks ? `${files} files of ${bytes} bytes` : `${files} files`;
}
