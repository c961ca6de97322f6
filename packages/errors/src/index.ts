export { CodedError, type CodedErrorOptions, isCodedError } from './coded-error.ts';
export { makeVisible } from './make-visible.ts';
export { formatProblem, type Problem } from './problem.ts';
export { quote } from './quote.ts';
