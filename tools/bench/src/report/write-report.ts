import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Measured } from '../results.ts';
import { memoryPicture } from './memory-picture.ts';
import { formatReport } from './report.ts';
import { startPicture } from './start-picture.ts';

const folder = 'docs/speed';

/** Writes SPEED.md and its pictures below `workspace`; gives the paths of the files, relative to it. */
export function writeReport(workspace: string, figures: readonly Measured[]): string[] {
  const find = (name: string) => figures.find(({ figure }) => figure === name);
  const [cold, cloned, density, cloneDensity] = [
    find('start'),
    find('clones'),
    find('density'),
    find('clone-density'),
  ];
  const pictures: { of: string; file: string; alt: string; svg: string }[] = [];
  if (cold !== undefined) {
    const starts = [
      { name: 'cold', measured: cold },
      ...(cloned === undefined ? [] : [{ name: 'cloned', measured: cloned }]),
    ];
    pictures.push({ of: 'start', file: 'start.svg', alt: 'phases of a start', svg: startPicture(starts) });
  }
  if (density !== undefined) {
    const svg = memoryPicture(cloneDensity === undefined ? [density] : [density, cloneDensity]);
    pictures.push({ of: 'density', file: 'memory.svg', alt: 'memory per sandbox', svg });
  }
  const links = new Map(pictures.map(({ of, file, alt }) => [of, `![${alt}](${folder}/${file})`]));
  const files = [
    { path: 'SPEED.md', text: formatReport(figures, links) },
    ...pictures.map(({ file, svg }) => ({ path: join(folder, file), text: svg })),
  ];
  for (const { path, text } of files) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  return files.map(({ path }) => path);
}
