export { type CompileOptions, compileProgram } from './compile-program.ts';
export { EngineError, type EngineErrorCode, type EngineErrorFacts } from './engine-error.ts';
