import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export const workspaceRoot: string = join(import.meta.dirname, '../../..');

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string().optional(),
  private: z.boolean().optional(),
  description: z.string().optional(),
  license: z.string().optional(),
  type: z.string().optional(),
  sideEffects: z.boolean().optional(),
  bin: z.record(z.string(), z.string()).optional(),
  exports: z.record(z.string(), z.unknown()).optional(),
  publishConfig: z.looseObject({ access: z.string() }).optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  nx: z.looseObject({ tags: z.array(z.string()) }).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the workspace root, e.g. packages/errors. */
  readonly folder: string;
  readonly tags: readonly string[];
  readonly manifest: Manifest;
  /** Tracked and new files that are not ignored, relative to `folder`. */
  readonly files: readonly string[];
}

export function readManifest(path: string): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Every file of the tree that is tracked, or new and not ignored; relative to the workspace root. */
export function listFiles(): string[] {
  const output = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: workspaceRoot,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const deleted = new Set(
    execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: workspaceRoot, encoding: 'utf8' }).split(
      '\0',
    ),
  );
  return output.split('\0').filter((file) => file !== '' && !deleted.has(file));
}

/** Folders of `group` ("packages" or "tools") that have a package.json. */
export function listPackages(group: 'packages' | 'tools'): WorkspacePackage[] {
  const files = listFiles();
  return readdirSync(join(workspaceRoot, group))
    .map((name) => `${group}/${name}`)
    .filter((folder) => files.includes(`${folder}/package.json`))
    .map((folder) => {
      const manifest = readManifest(join(workspaceRoot, folder, 'package.json'));
      return {
        name: manifest.name,
        folder,
        tags: manifest.nx?.tags ?? [],
        manifest,
        files: files
          .filter((file) => file.startsWith(`${folder}/`))
          .map((file) => file.slice(folder.length + 1)),
      };
    });
}
