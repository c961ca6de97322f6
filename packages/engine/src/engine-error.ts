import { CodedError } from '@hako/errors';

/**
 * - `unsupported-machine`: there is no engine for this machine
 * - `bad-program`: the program uses what the engine has not, or does not bundle; the message says where
 * - `tool-failed`: the compiler of C, or the engine's own, is missing or failed
 */
export type EngineErrorCode = 'unsupported-machine' | 'bad-program' | 'tool-failed';

export interface EngineErrorFacts {
  /** The file that was being compiled. */
  readonly entry?: string;
}

/** The one error class of this package. */
export class EngineError extends CodedError<EngineErrorCode, EngineErrorFacts> {
  override readonly name = 'EngineError';

  constructor(
    code: EngineErrorCode,
    message: string,
    options: { facts?: EngineErrorFacts; cause?: unknown } = {},
  ) {
    super(code, message, { facts: options.facts ?? {}, cause: options.cause });
  }
}
