/** Who may name a configuration file, strongest first. */
export interface SearchInput {
  /** `--config FILE` of the command line. */
  readonly flag?: string;
  /** The file an annotation of the container names, if the operator allows that. */
  readonly annotation?: string;
  /** `config_path` of the runtime options that containerd sends. */
  readonly runtimeOption?: string;
  /** The environment's variables; `HAKO_CONF_FILE` and `KATA_CONF_FILE` are looked at. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Folder under which hako is installed (`/usr/local`). */
  readonly prefix?: string;
}

/** One place to look. */
export interface ConfigCandidate {
  readonly path: string;
  /** For messages: `--config`, `KATA_CONF_FILE`, `search order`. */
  readonly namedBy: string;
  /** A file that somebody named must exist; of the others the first that exists counts. */
  readonly mustExist: boolean;
}

/**
 * Where to look for the configuration, in order: somebody's choice alone, else hako's own places and then Kata's.
 * The first that exists is the only one that is read; its drop-ins are in `config.d` beside it.
 */
export function configCandidates(input: SearchInput = {}): ConfigCandidate[] {
  const { flag, annotation, runtimeOption, environment = {}, prefix } = input;
  const named: readonly (readonly [string | undefined, string])[] = [
    [flag, '--config'],
    [annotation, 'annotation io.katacontainers.config_path'],
    [runtimeOption, 'runtime option config_path'],
    [environment.HAKO_CONF_FILE, 'HAKO_CONF_FILE'],
    [environment.KATA_CONF_FILE, 'KATA_CONF_FILE'],
  ];
  for (const [path, namedBy] of named)
    if (path !== undefined && path !== '') return [{ path, namedBy, mustExist: true }];
  return [
    '/etc/hako/configuration.toml',
    ...(prefix === undefined ? [] : [`${prefix.replace(/\/$/, '')}/etc/hako/configuration.toml`]),
    '/etc/kata-containers/configuration.toml',
    '/usr/share/defaults/kata-containers/configuration.toml',
    '/opt/kata/share/defaults/kata-containers/configuration.toml',
  ].map((path) => ({ path, namedBy: 'search order', mustExist: false }));
}

/** Folder of the drop-ins of a configuration file whose symbolic links are resolved. */
export function dropInFolder(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? 'config.d' : `${path.slice(0, slash)}/config.d`;
}
