import { writeFileSync } from 'node:fs';
import { RuntimeInfo } from '@hako/task-protocol';
import { deleteAction } from './delete.ts';
import { parseShimArguments } from './shim-arguments.ts';
import { startAction } from './start.ts';

/** What only the executable knows of itself. */
export interface ShimProgram {
  readonly version: string;
  /** The features structure of the OCI runtime specification. */
  readonly features: () => Promise<object>;
}

/** Type of the JSON in RuntimeInfo.features (containerd's type URL). */
const FEATURES_TYPE = 'types.containerd.io/opencontainers/runtime-spec/1/features/Features';

/**
 * The command line that containerd calls (runtime v2): `start`, `delete`, `-info`, `-v`. Returns the exit status; the answer
 * goes to stdout and nothing else does, what failed to stderr, in one line.
 */
export async function shimCommand(argv: readonly string[], program: ShimProgram): Promise<number> {
  try {
    writeFileSync(1, await answerOf(argv, program));
    return 0;
  } catch (error) {
    writeFileSync(2, `hako: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function answerOf(argv: readonly string[], program: ShimProgram): Promise<string | Uint8Array> {
  const args = parseShimArguments(argv, process.cwd());
  switch (args.action) {
    case 'version':
      return `containerd-shim-hako-v2:\n  Version:  ${program.version}\n`;
    case 'info':
      return runtimeInfo(program);
    case 'start':
      return startAction(args, process.env);
    case 'delete':
      return deleteAction(args);
  }
}

/** The same whatever options come by stdin. */
async function runtimeInfo({ version, features }: ShimProgram): Promise<Uint8Array> {
  return RuntimeInfo.encode({
    name: 'io.containerd.hako.v2',
    version: { version, revision: '' },
    features: { typeUrl: FEATURES_TYPE, value: new TextEncoder().encode(JSON.stringify(await features())) },
  });
}
