// What loads the translator and the configuration's tables; `admit` does so by itself.
export { hostFacts } from './host-facts.ts';
export {
  builtInConfiguration,
  type ConfigurationPlace,
  type ConfigurationSearch,
  type LoadedConfiguration,
  loadConfiguration,
} from './load-configuration.ts';
export { type Made, namedDevices, withNamedDevices } from './named-devices.ts';
export { type BundleText, translateBundle } from './translate-bundle.ts';
export { type AskedContainer, type Question, translationQuestion } from './translation-question.ts';
