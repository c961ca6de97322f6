import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { list, matches, name, object, record, type Shape, safeUint, text } from '@hako/shape';

/** The part of the guest's manifest that tells people what the guest is; the image's build writes it. */
export interface GuestDescription {
  readonly architecture: string;
  readonly kernelRelease: string;
  readonly packages: readonly GuestPackage[];
  readonly files: Readonly<Record<string, GuestFile>>;
}

interface GuestPackage {
  readonly name: string;
  readonly version: string;
}

interface GuestFile {
  /** Relative to the manifest. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

const shape: Shape<GuestDescription> = object<GuestDescription>(
  {
    architecture: name,
    kernelRelease: name,
    packages: list(object<GuestPackage>({ name, version: text }, { name: true, version: true })),
    files: record(
      object<GuestFile>(
        { path: name, sizeBytes: safeUint, sha256: name },
        { path: true, sizeBytes: true, sha256: true },
      ),
    ),
  },
  { architecture: true, kernelRelease: true, packages: true, files: true },
);

/** The guest's description, or undefined where the guest is not hako's: then there is no manifest to read. */
export function readGuestDescription(directory: string): GuestDescription | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
    return matches(shape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Folder of the guest's files: the image's, or the kernel's where there is no image. */
export function guestFolder({ image, kernel }: { readonly image: string; readonly kernel: string }): string {
  return dirname(image === '' ? kernel : image);
}

/** What is wrong with the files that the description names; empty: they are the ones that were built. */
export async function checkGuestFiles(
  directory: string,
  { files, architecture }: GuestDescription,
): Promise<readonly string[]> {
  const problems =
    architecture === process.arch ? [] : [`built for ${architecture}, this host is ${process.arch}`];
  for (const { path, sizeBytes, sha256 } of Object.values(files)) {
    const file = join(directory, path);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) problems.push(`${file} is missing`);
    else if (stat.size !== sizeBytes)
      problems.push(`${file} has ${stat.size} bytes, built were ${sizeBytes}`);
    else if ((await hashOf(file)) !== sha256)
      problems.push(`${file} is not the file that was built (SHA-256 differs)`);
  }
  return problems;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
