import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildGuest, isGuestImageError } from '@hako/guest-image';

try {
  const { manifest, built } = await buildGuest({
    outDir: join(homedir(), 'guest'),
    agentPath: process.argv[2] ?? 'dist/agent/hako-agent',
    progress: (text) => console.error(text),
  });
  console.log(built ? 'built' : 'unchanged', manifest.kernelRelease, manifest.boot.kernelParams.join(' '));
} catch (error) {
  if (!isGuestImageError(error)) throw error;
  console.log(error.code, error.message);
}
