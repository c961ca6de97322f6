import { CodedError, type Problem } from '@hako/errors';

/**
 * - `bad-bundle`: the bundle folder or its config.json cannot be used.
 * - `bad-input`: configuration, annotations or specification have problems; `problems` lists them all.
 * - `no-configuration`: the named configuration file cannot be read.
 */
export type AdmissionErrorCode = 'bad-bundle' | 'bad-input' | 'no-configuration';

/** Facts of an {@link AdmissionError}. */
export interface AdmissionErrorFacts {
  readonly path?: string;
  readonly problems?: readonly Problem[];
}

/** The error class of @hako/admission. */
export class AdmissionError extends CodedError<AdmissionErrorCode, AdmissionErrorFacts> {
  override readonly name = 'AdmissionError';
}
