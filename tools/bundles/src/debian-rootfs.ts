import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

// A shell and the usual commands; apt adds the libraries. usr-is-merged keeps the converter (and its perl) out.
const packages = 'base-files base-passwd bash coreutils dash findutils grep hostname sed usr-is-merged'.split(
  ' ',
);

/**
 * Makes a small root file system of the host's own Debian or Ubuntu release in `folder`, from packages that apt
 * fetches and verifies; none of them is installed, no package script runs. Does nothing if `folder` is there.
 * `cacheFolder` holds the downloads meanwhile. Returns `folder`. Throws when apt-get or tar fail.
 */
export function makeDebianRootfs(folder: string, cacheFolder: string): string {
  if (existsSync(folder)) return folder;
  const archives = join(cacheFolder, 'rootfs-archives');
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(archives, 'partial'), { recursive: true });
  download(archives);
  mkdirSync(partial, { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(partial, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(partial, name));
  }
  for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    const tar = execFileSync('dpkg-deb', ['--fsys-tarfile', join(archives, archive)], { maxBuffer: 1 << 30 });
    // The release's /bin may be a folder in a package and a link in the tree: keep the link.
    execFileSync('tar', ['-x', '--keep-directory-symlink', '-C', partial], { input: tar });
  }
  for (const name of ['passwd', 'group']) {
    copyFileSync(join(partial, `usr/share/base-passwd/${name}.master`), join(partial, 'etc', name));
  }
  renameSync(partial, folder);
  rmSync(archives, { recursive: true });
  return folder;
}

/** Fetches the packages and all they depend on, whatever is installed on this system. */
function download(archives: string): void {
  const options = {
    'Dir::State::status': '/dev/null',
    'Dir::Cache::archives': archives,
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    // No root and no lock is needed for a folder of our own; neither can apt's own user write there.
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': '',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  execFileSync(
    'apt-get',
    [...flags, '-qq', '--yes', '--no-install-recommends', '--download-only', 'install', ...packages],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}
