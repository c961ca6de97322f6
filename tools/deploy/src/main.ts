import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deployFolder } from './files.ts';
import { nodeImage, writeNodeImage } from './node-image.ts';

const tools = join(deployFolder, '..');
const target = join(tools, '../dist/deploy');
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(target, 'image-'));
try {
  const { archive } = await writeNodeImage(folder, tools);
  renameSync(archive, join(target, 'hako-node.tar'));
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`dist/deploy/hako-node.tar holds ${nodeImage}`);
