import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a container of the image runs. */
export interface ImageProcess {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

/**
 * Makes an OCI archive (image-spec, "OCI Image Layout") of a root file system as one layer, named `name`, in the new
 * folder `folder`. Returns the path of the archive.
 */
export async function writeImageArchive(
  folder: string,
  name: string,
  rootfs: string,
  { entrypoint = [], command = [] }: ImageProcess,
): Promise<string> {
  const layout = join(folder, 'layout');
  const blobs = join(layout, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const add = (mediaType: string, content: Uint8Array | string) => {
    const digest = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(blobs, digest), content);
    return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(content) };
  };
  const tar = join(folder, 'layer.tar');
  await run('tar', ['-C', rootfs, '-cf', tar, '.']);
  const media = (kind: string) => `application/vnd.oci.image.${kind}`;
  const layer = add(media('layer.v1.tar'), readFileSync(tar));
  const config = add(
    media('config.v1+json'),
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin:/sbin:/usr/bin:/usr/sbin'], Entrypoint: entrypoint, Cmd: command },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = add(
    media('manifest.v1+json'),
    JSON.stringify({ schemaVersion: 2, mediaType: media('manifest.v1+json'), config, layers: [layer] }),
  );
  const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name };
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const archive = join(folder, 'image.tar');
  await run('tar', ['-C', layout, '-cf', archive, '.']);
  return archive;
}
