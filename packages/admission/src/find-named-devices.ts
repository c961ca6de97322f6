import { type CdiHost, cdiDevices, cdiNames, withNamedDevices } from '@hako/oci-translate/cdi';
import { cdiHost } from './cdi-host.ts';
import type { Made, WithNamedDevices } from './named-devices.ts';

/** The part of `namedDevices` that is loaded only where devices are named. */
export function findNamedDevices<T extends Made>(
  made: T,
  specFile: string,
  host: CdiHost = cdiHost(),
): WithNamedDevices<T> {
  const asked = cdiNames(made.container.spec.annotations);
  const { devices, problems } = cdiDevices(asked.names, host);
  return {
    made: withNamedDevices(made, devices),
    problems: [...asked.problems, ...problems].map((problem) => ({ file: specFile, ...problem })),
  };
}
