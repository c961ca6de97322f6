export { encodeProgram, type ProgramOptions } from './encode-program.ts';
export type { Argument, Step } from './step.ts';
export { type CpuArchitecture, type SyscallName, syscallNumber } from './syscall-number.ts';
export {
  SyscallProgramError,
  type SyscallProgramErrorCode,
  type SyscallProgramErrorFacts,
} from './syscall-program-error.ts';
