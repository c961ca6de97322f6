import { cdiDevices, withNamedDevices } from '@hako/oci-translate/cdi';
import { askedNames } from './asked-names.ts';
import { cdiHost } from './cdi-host.ts';
import type { Made, NamedDevicesOptions, WithNamedDevices } from './named-devices.ts';

/** The part of `namedDevices` that is loaded only where devices are named. */
export async function findNamedDevices<T extends Made>(
  made: T,
  { specFile, askKubelet = true, host = cdiHost() }: NamedDevicesOptions,
): Promise<WithNamedDevices<T>> {
  const asked = await askedNames(made, specFile, askKubelet);
  const { devices, problems } = cdiDevices(asked.names, host);
  return { made: withNamedDevices(made, devices), problems: [...asked.problems, ...problems] };
}
