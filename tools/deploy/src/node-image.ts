import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeBusyboxRootfs, writeImageArchive } from '@hako/bundles';
import { deployFolder } from './files.ts';

/** Name of the image, as the manifests have it. */
export const nodeImage = 'localhost/hako-node:1';

/** Folder in the image. */
const HOME = 'hako';

/**
 * Makes, in the new folder `folder`, the image whose program is `node-install`: busybox, what `tools/install` installs, and
 * containerd's configuration. Returns its root file system and the OCI archive.
 *
 * @param tools the folder `tools` of a workspace whose hako is built
 */
export async function writeNodeImage(
  folder: string,
  tools: string,
): Promise<{ readonly rootfs: string; readonly archive: string }> {
  mkdirSync(folder, { recursive: true });
  const rootfs = makeBusyboxRootfs(join(folder, 'rootfs'));
  const home = join(rootfs, HOME);
  const payload = join(home, 'payload');
  mkdirSync(payload, { recursive: true });
  await promisify(execFile)(join(tools, 'install'), ['--prefix', '/usr/local'], {
    env: { ...process.env, DESTDIR: payload },
  });
  // It depends on where QEMU is on the node, and is written there.
  for (const written of ['etc', 'share/hako/configuration.toml']) {
    rmSync(join(payload, 'usr/local', written), { recursive: true });
  }
  copyFileSync(join(deployFolder, 'node-install'), join(home, 'node-install'));
  copyFileSync(join(tools, 'lib/configuration.sh'), join(home, 'configuration.sh'));
  cpSync(join(deployFolder, 'containerd'), join(home, 'containerd'), { recursive: true });
  const entrypoint = [`/${HOME}/node-install`];
  const archive = await writeImageArchive(join(folder, 'image'), nodeImage, rootfs, { entrypoint });
  return { rootfs, archive };
}
