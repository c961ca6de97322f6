import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The descriptors of all .proto files in `folder` (relative to `root`), as protobuf's own compiler understands them. */
export function buildDescriptors(folder: string, root: string, format: 'binpb' | 'json'): Buffer {
  const buf = join(dirname(fileURLToPath(import.meta.resolve('@bufbuild/buf/package.json'))), 'bin/buf');
  return execFileSync(execPath, [buf, 'build', folder, '--output', `-#format=${format}`], {
    cwd: root,
    maxBuffer: 64 << 20,
  });
}
