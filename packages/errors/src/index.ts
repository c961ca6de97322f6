export { CodedError, type CodedErrorOptions, isCodedError } from './coded-error.ts';
export { formatProblem, type Problem } from './problem.ts';
export { quote } from './quote.ts';
