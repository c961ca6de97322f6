import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { GuestImageError } from './guest-image-error.ts';
import type { Unxz } from './kernel-image.ts';

export interface KernelModule {
  /** Name with underscores, as the kernel knows it: `virtio_pci`. */
  readonly name: string;
  /** Uncompressed and without signature. */
  readonly content: Buffer;
  /** Names of the modules that must be loaded before, all of them, in order. */
  readonly dependencies: readonly string[];
}

/** The modules of an unpacked kernel package. */
export class KernelModules {
  readonly #paths = new Map<string, string>();
  readonly #builtin = new Set<string>();
  readonly #contents = new Map<string, Buffer>();
  readonly #unxz: Unxz;

  /** @param dir its `lib/modules/RELEASE`. */
  constructor(dir: string, unxz: Unxz) {
    this.#unxz = unxz;
    for (const path of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      const match = /([^/]+)\.ko(\.xz|\.zst)?$/.exec(path);
      if (match?.[1] !== undefined) this.#paths.set(canonical(match[1]), join(dir, path));
    }
    for (const line of readFileSync(join(dir, 'modules.builtin'), 'utf8').split('\n')) {
      if (line !== '') this.#builtin.add(canonical(basename(line, '.ko')));
    }
  }

  /**
   * The modules wanted and all that they need, each after what it needs. Those built into the kernel are left out.
   *
   * @throws GuestImageError `not-in-package` for a module that the kernel does not have.
   */
  async inLoadOrder(wanted: readonly string[]): Promise<KernelModule[]> {
    const ordered = new Map<string, KernelModule>();
    const add = async (name: string): Promise<void> => {
      if (ordered.has(name) || this.#builtin.has(name)) return;
      const content = await this.#read(name);
      const direct = directDependencies(content).filter((other) => !this.#builtin.has(other));
      for (const other of direct) await add(other);
      const all = direct.flatMap((other) => [...(ordered.get(other)?.dependencies ?? []), other]);
      ordered.set(name, { name, content, dependencies: [...new Set(all)] });
    };
    for (const name of wanted) await add(canonical(name));
    return [...ordered.values()];
  }

  async #read(name: string): Promise<Buffer> {
    const known = this.#contents.get(name);
    if (known !== undefined) return known;
    const path = this.#paths.get(name);
    if (path === undefined) {
      throw new GuestImageError('not-in-package', `the kernel package has no module ${name}`, { path: name });
    }
    const file = readFileSync(path);
    const plain = path.endsWith('.xz')
      ? await this.#unxz(file)
      : path.endsWith('.zst')
        ? zstdDecompressSync(file)
        : file;
    const content = withoutSignature(plain);
    this.#contents.set(name, content);
    return content;
  }
}

function canonical(name: string): string {
  return name.replaceAll('-', '_');
}

/** Text of the modules.dep that busybox's modprobe and the agent read. */
export function modulesIndex(modules: readonly KernelModule[]): string {
  const lines = modules.map(({ name, dependencies }) => {
    // As depmod has it: the dependency nearest to the module comes first.
    const needed = dependencies.toReversed().map((other) => ` ${other}.ko`);
    return `${name}.ko:${needed.join('')}\n`;
  });
  return lines.join('');
}

/** Text of the modules.alias by which busybox's modprobe knows what the kernel asks for. */
export function aliasesIndex(modules: readonly KernelModule[]): string {
  return modules
    .flatMap(({ name, content }) => moduleAliases(content).map((alias) => `alias ${alias} ${name}\n`))
    .join('');
}

/**
 * Other names by which a module is asked for: by the kernel, as `ipt_conntrack` or `fs-ext4`, and by the agent, for a PCI device
 * (`pci:v00008086d000010D3sv*sd*bc*sc*i*`). Those of other hardware are left out.
 */
export function moduleAliases(module: Buffer): string[] {
  return moduleInfo(module, 'alias').filter(
    (alias) => alias.startsWith('pci:') || !(alias.includes(':') || alias.includes('*')),
  );
}

function directDependencies(module: Buffer): string[] {
  const [text = ''] = moduleInfo(module, 'depends');
  return text === '' ? [] : text.split(',').map(canonical);
}

/** Values of the entries of that name in the module's .modinfo section. */
function moduleInfo(module: Buffer, name: string): string[] {
  const key = Buffer.from(`\0${name}=`);
  const values: string[] = [];
  for (let at = module.indexOf(key); at !== -1; at = module.indexOf(key, at + 1)) {
    const start = at + key.length;
    values.push(module.toString('latin1', start, module.indexOf(0, start)));
  }
  return values;
}

const signatureMark = Buffer.from('~Module signature appended~\n');

/**
 * Cuts the signature off (kernel/module/signing.c: content, signature, 12 bytes with its length, mark). Checking the
 * signatures of the first half dozen modules costs a tenth of the whole boot under emulation and protects nothing:
 * who can change the guest's image can change the kernel beside it. Debian's kernel loads unsigned modules.
 */
export function withoutSignature(module: Buffer): Buffer {
  const markAt = module.length - signatureMark.length;
  if (markAt < 12 || !module.subarray(markAt).equals(signatureMark)) return module;
  return module.subarray(0, markAt - 12 - module.readUInt32BE(markAt - 4));
}
