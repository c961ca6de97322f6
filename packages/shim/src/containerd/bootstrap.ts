import { Any, BootstrapParams, BootstrapResult } from '@hako/task-protocol';
import type { ShimArguments } from './shim-arguments.ts';

/** What containerd hands over besides words: by stdin and the environment. */
export interface BootstrapInput {
  /** Runtime options; the same come again with Create. */
  readonly options: Any | undefined;
  /** Folder for the socket, where containerd chooses it (2.3 and newer). */
  readonly socketDir: string | undefined;
  /** Where events go. */
  readonly ttrpcAddress: string;
  readonly debug: boolean;
  /** The form in which this containerd understands the answer. */
  readonly answer: 'text' | 'json' | 'protobuf';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** LOG_LEVEL_DEBUG and the more talkative one below it. */
const DEBUG_LEVEL = -4;

/**
 * Tells containerd's generations apart: up to 2.2 stdin is the runtime options as an Any, or empty; from 2.3 on it is
 * BootstrapParams, which repeat id and namespace of the command line. An Any does not, whatever it holds. JSON answers
 * are understood from 1.7 on, which says so by MAX_SHIM_VERSION.
 */
export function readBootstrap(
  stdin: Uint8Array,
  { id, namespace, debug }: ShimArguments,
  environment: Environment,
): BootstrapInput {
  const params = tryDecode(() => BootstrapParams.decode(stdin));
  if (params !== undefined && params.instanceId === id && params.namespace === namespace) {
    return {
      options: params.extensions.map(({ value }) => value).find((value) => value !== undefined),
      socketDir: params.socketDir === '' ? undefined : params.socketDir,
      ttrpcAddress: params.containerdTtrpcAddress || (environment.TTRPC_ADDRESS ?? ''),
      debug: debug || params.logLevel <= DEBUG_LEVEL,
      answer: 'protobuf',
    };
  }
  return {
    options: stdin.length === 0 ? undefined : tryDecode(() => Any.decode(stdin)),
    socketDir: undefined,
    ttrpcAddress: environment.TTRPC_ADDRESS ?? '',
    debug,
    answer: environment.MAX_SHIM_VERSION === undefined ? 'text' : 'json',
  };
}

/** Newest task API that the shim serves. */
const NEWEST_VERSION = 3;

/** The answer of `start`: where the shim serves, and by which version of the API. */
export function bootstrapAnswer(
  address: string,
  answer: BootstrapInput['answer'],
  environment: Environment,
): string | Uint8Array {
  if (answer === 'text') return address;
  if (answer === 'protobuf') {
    return BootstrapResult.encode({ version: NEWEST_VERSION, address, protocol: 'ttrpc' });
  }
  const asked = Number(environment.MAX_SHIM_VERSION);
  const version = Number.isInteger(asked) && asked >= 2 ? Math.min(asked, NEWEST_VERSION) : 2;
  return JSON.stringify({ version, address, protocol: 'ttrpc' });
}

function tryDecode<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
