import type { ReadStreamRequest } from '@hako/agent-protocol';
import { EncodedAnswer } from '@hako/ttrpc';
import type { GuestProcess } from '../guest-process.ts';
import type { Sandbox } from '../sandbox.ts';
import { PipeBody } from '../system/transfer-pipe.ts';
import type { AgentHandlers } from './handlers.ts';

/** Tag byte of ReadStreamResponse.data. */
const dataTag = (1 << 3) | 2;

/** Calls that carry the processes' streams. */
export function streamHandlers(sandbox: Sandbox): AgentHandlers {
  const processOf = (request: { readonly containerId: string; readonly execId: string }): GuestProcess => {
    const container = sandbox.container(request.containerId);
    return request.execId === '' ? container.init : container.process(request.execId);
  };
  const read = async (
    stream: 'stdout' | 'stderr',
    request: ReadStreamRequest,
    context: { readonly signal: AbortSignal },
  ): Promise<{ data: Uint8Array } | EncodedAnswer> => {
    const process = processOf(request);
    if (request.len === 0) {
      // The host's word for a reader that has gone, for which the protocol has no call.
      process.closeOutput(stream);
      return { data: new Uint8Array(0) };
    }
    // A host that has left must not be answered with bytes that its successor then misses.
    const output = await process.readOutput(stream, request.len, () => context.signal);
    return output instanceof PipeBody ? EncodedAnswer.ofField(dataTag, output) : { data: output };
  };
  return {
    async writeStdin(request) {
      const process = processOf(request);
      if (request.data.length === 0) process.closeInput();
      else await process.writeInput(request.data);
      return { len: request.data.length };
    },
    closeStdin(request) {
      processOf(request).closeInput();
      return {};
    },
    ttyWinResize(request) {
      processOf(request).resize({ rows: request.row, columns: request.column });
      return {};
    },
    readStdout: (request, context) => read('stdout', request, context),
    readStderr: (request, context) => read('stderr', request, context),
  };
}
