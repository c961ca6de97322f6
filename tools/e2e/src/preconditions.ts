import { existsSync } from 'node:fs';
import { guestFolder, hakoPath } from './paths.ts';

/** Says what is missing once, rather than as a failure of every test. */
export default function checkPreconditions(): void {
  for (const path of [hakoPath, guestFolder]) {
    if (!existsSync(path)) throw new Error(`${path} is not built; run tools/quickstart first`);
  }
  if (process.getuid?.() !== 0)
    throw new Error('end-to-end tests mount and start virtual machines: run them as root');
}
