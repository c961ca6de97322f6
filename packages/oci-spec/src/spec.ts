import { boolean, list, object, osText, record, type Shape, text, unknown } from '@hako/shape';
import { type Hooks, hooksShape } from './hooks.ts';
import { type Linux, linuxShape } from './linux.ts';
import { type Mount, mountShape } from './mount.ts';
import { type Process, processShape } from './process.ts';
import { type Vm, vmShape } from './vm.ts';

/**
 * A bundle's config.json (OCI runtime specification 1.2, and what 1.3 added for Linux and VMs). Members that are
 * not named here are kept when a file is parsed. Whole numbers beyond 2^53 - 1 are bigints: write a spec with
 * `stringifyJson`, which keeps them exact, not with `JSON.stringify`, which refuses them.
 */
export interface Spec {
  /** Version of the specification the file follows; 1.x is accepted. */
  readonly ociVersion: string;
  readonly process?: Process;
  readonly root?: Root;
  readonly hostname?: string;
  readonly domainname?: string;
  readonly mounts?: readonly Mount[];
  readonly hooks?: Hooks;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: Linux;
  readonly vm?: Vm;
  /** Other platforms' sections are kept and not looked at. */
  readonly windows?: unknown;
  readonly solaris?: unknown;
  readonly zos?: unknown;
  readonly freebsd?: unknown;
}

export interface Root {
  /** Root file system; a relative path starts at the bundle. */
  readonly path: string;
  /** Default false. */
  readonly readonly?: boolean;
}

/** Shape of config.json; `toZod(specShape)` from `@hako/shape/zod` gives its zod schema. */
export const specShape: Shape<Spec> = object<Spec>(
  {
    ociVersion: osText,
    process: processShape,
    root: object<Root>({ path: osText, readonly: boolean }, { path: true }),
    hostname: osText,
    domainname: osText,
    mounts: list(mountShape),
    hooks: hooksShape,
    annotations: record(text),
    linux: linuxShape,
    vm: vmShape,
    windows: unknown,
    solaris: unknown,
    zos: unknown,
    freebsd: unknown,
  },
  { ociVersion: true },
);
