export { AdmissionError, type AdmissionErrorCode, type AdmissionErrorFacts } from './admission-error.ts';
export { type AdmitRequest, admit, type PhaseNotes } from './admit.ts';
export { asBadInput } from './as-bad-input.ts';
export type { ConfigurationChoice } from './configuration-choice.ts';
export { MAX_SPEC_BYTES, readSpec } from './read-spec.ts';
export { readAtMost } from './read-text.ts';
