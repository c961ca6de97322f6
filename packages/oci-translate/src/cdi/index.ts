// Loaded only where somebody names a device: it brings a parser of YAML.
export { maxYamlLength as maxCdiLength } from '../yaml-documents.ts';
export { type CdiHost, cdiDevices, type HostNumbers } from './cdi-devices.ts';
export { type CdiName, cdiName, cdiNames } from './cdi-names.ts';
export type { CdiFile } from './cdi-spec.ts';
export { withNamedDevices } from './with-named-devices.ts';
