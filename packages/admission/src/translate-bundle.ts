import { parseSpec } from '@hako/oci-spec';
import { explain, TranslateError, type Translation, translate } from '@hako/oci-translate';
import type { PhaseNotes } from './admit.ts';
import type { ConfigurationChoice } from './configuration-choice.ts';
import { MAX_SPEC_BYTES } from './read-spec.ts';
import { type AskedContainer, translationQuestion } from './translation-question.ts';

/** A bundle whose config.json has been read. */
export interface BundleText extends Omit<AskedContainer, 'spec'> {
  readonly specText: Uint8Array;
}

/** Translates a bundle under the configuration that counts for it, and notes how long each of the two took. */
export function translateBundle(
  { specText, ...asked }: BundleText,
  options: ConfigurationChoice,
  timings: Pick<PhaseNotes, 'add'>,
): Translation {
  const startMs = performance.now();
  const spec = parseSpec(specText, { file: asked.specFile, maxLength: MAX_SPEC_BYTES });
  const parsedMs = performance.now();
  const { input, problems } = translationQuestion({ ...asked, spec }, options);
  const configuredMs = performance.now();
  if (problems.some(({ severity }) => severity === 'error'))
    throw new TranslateError([...problems, ...explain(input).problems]);
  const translation = translate(input);
  timings.add('configuration', configuredMs - parsedMs);
  timings.add('translate', parsedMs - startMs + performance.now() - configuredMs);
  return { ...translation, warnings: [...problems, ...translation.warnings] };
}
