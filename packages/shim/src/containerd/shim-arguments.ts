import { ShimError } from '../shim-error.ts';

/** What containerd may ask of a shim's executable. */
export type ShimAction = 'start' | 'delete' | 'version' | 'info';

/** The command line of a shim (runtime v2, "Commands"). */
export interface ShimArguments {
  readonly action: ShimAction;
  /** containerd's namespace, such as `default` or `k8s.io`. */
  readonly namespace: string;
  /** Id of the task: the container's. */
  readonly id: string;
  /** containerd's gRPC socket. */
  readonly address: string;
  /** Bundle folder; with `delete`. Default: the working directory. */
  readonly bundle: string;
  readonly debug: boolean;
}

/** Go's flag package: one dash or two, the value in the next word or after `=`. */
const TEXT_FLAGS: ReadonlySet<string> = new Set([
  'namespace',
  'id',
  'address',
  'bundle',
  'publish-binary',
  'socket',
  'debug-socket',
]);
const SWITCHES: ReadonlySet<string> = new Set(['debug', 'v', 'version', 'info']);
const NAMESPACE_RULE = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const MAX_NAME_LENGTH = 76;

/**
 * Reads the command line with which containerd starts a shim. `-publish-binary`, `-socket` and `-debug-socket` are accepted
 * and have no effect: events go to TTRPC_ADDRESS, and the socket's place follows from the other words.
 *
 * @throws ShimError `usage`
 */
export function parseShimArguments(argv: readonly string[], workingDirectory: string): ShimArguments {
  const { texts, switches, action } = collect(argv);
  const namespace = texts.get('namespace') ?? '';
  const id = texts.get('id') ?? '';
  const common = {
    namespace,
    id,
    address: texts.get('address') ?? '',
    bundle: texts.get('bundle') || workingDirectory,
    debug: switches.has('debug'),
  };
  if (switches.has('v') || switches.has('version')) return { action: 'version', ...common };
  if (switches.has('info')) return { action: 'info', ...common };
  if (action !== 'start' && action !== 'delete') {
    throw usage(
      action === ''
        ? 'an action is missing: start or delete'
        : `${JSON.stringify(action)} is no action: start or delete`,
    );
  }
  if (namespace.length > MAX_NAME_LENGTH || !NAMESPACE_RULE.test(namespace)) {
    throw usage(
      `-namespace ${JSON.stringify(namespace)} must be letters and digits with single ".", "_" or "-" between them, at most ${MAX_NAME_LENGTH} characters`,
    );
  }
  if (id === '') throw usage('-id is missing');
  return { action, ...common };
}

interface Words {
  readonly texts: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
  readonly action: string;
}

function collect(argv: readonly string[]): Words {
  const texts = new Map<string, string>();
  const switches = new Set<string>();
  const words = argv[Symbol.iterator]();
  for (let word = words.next(); word.done !== true; word = words.next()) {
    const [, name = '', given] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word.value) ?? [];
    if (name === '') return { texts, switches, action: word.value };
    if (TEXT_FLAGS.has(name)) {
      const value = given ?? words.next().value;
      if (value === undefined) throw usage(`-${name} needs a value`);
      texts.set(name, value);
    } else if (SWITCHES.has(name)) {
      if (given !== 'false' && given !== '0') switches.add(name);
    } else {
      throw usage(`-${name} is no flag of a containerd shim`);
    }
  }
  return { texts, switches, action: '' };
}

function usage(message: string): ShimError {
  return new ShimError('usage', message, { facts: {} });
}
