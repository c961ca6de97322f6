import { CodedError } from '@hako/errors';

/** `unknown-name`: a step names a label or variable that nothing defines; `bad-step`: a step cannot be encoded. */
export type SyscallProgramErrorCode = 'unknown-name' | 'bad-step';

export interface SyscallProgramErrorFacts {
  /** Position of the step in the list, from 0. */
  readonly step: number;
}

/** The one error class of this package. All its errors are mistakes in the list of steps. */
export class SyscallProgramError extends CodedError<SyscallProgramErrorCode, SyscallProgramErrorFacts> {
  override readonly name = 'SyscallProgramError';
}
