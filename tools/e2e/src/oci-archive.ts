import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const media = (kind: string) => `application/vnd.oci.image.${kind}`;

/** What an image runs where nothing else is said. */
export interface ImageConfig {
  readonly cmd: readonly string[];
  readonly env: readonly string[];
}

/** Writes a root file system as an image of one layer, in the OCI's layout, without any registry. Returns `archive`. */
export function writeOciArchive(
  archive: string,
  name: string,
  rootfs: string,
  { cmd, env }: ImageConfig,
): string {
  const layout = `${archive}.layout`;
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const add = (mediaType: string, content: Uint8Array) => {
    const hash = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.length };
  };
  const json = (value: object) => Buffer.from(JSON.stringify(value));
  const tar = `${archive}.layer`;
  execFileSync('tar', ['-C', rootfs, '-cf', tar, '.']);
  const layer = add(media('layer.v1.tar'), readFileSync(tar));
  const config = add(
    media('config.v1+json'),
    json({
      os: 'linux',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      config: { Cmd: cmd, Env: env },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = add(
    media('manifest.v1+json'),
    json({ schemaVersion: 2, mediaType: media('manifest.v1+json'), config, layers: [layer] }),
  );
  const annotations = { 'io.containerd.image.name': name };
  writeFileSync(
    join(layout, 'index.json'),
    json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  execFileSync('tar', ['-C', layout, '-cf', archive, '.']);
  return archive;
}
