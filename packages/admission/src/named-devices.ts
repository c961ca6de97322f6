import type { Problem } from '@hako/errors';
import {
  type ContainerConfig,
  cdiAnnotationPrefix,
  type SandboxConfig,
  TranslateError,
  type Translation,
} from '@hako/oci-translate';
import type { CdiHost } from '@hako/oci-translate/cdi';

/** A container and its sandbox as they were translated, alone or with how that came about. */
export interface Made {
  readonly sandbox: SandboxConfig;
  readonly container: ContainerConfig;
}

/** The same with the devices of the host that could be found, and what is wrong with the others. */
export interface WithNamedDevices<T extends Made> {
  readonly made: T;
  readonly problems: readonly Problem[];
}

/**
 * Adds the devices of the host with which the machine is to start by annotations `cdi.k8s.io/…`. An annotation only names: files of the
 * operator say which devices these are. What that takes is loaded only where there is one, and the configuration has machines start with
 * devices.
 *
 * @param specFile name of config.json in problems
 * @param host default: this one
 */
export async function namedDevices<T extends Made>(
  made: T,
  specFile: string,
  host?: CdiHost,
): Promise<WithNamedDevices<T>> {
  const { sandbox, container } = made;
  // A further member of a pod gets no machine.
  if (container.type === 'pod_container' || sandbox.hypervisor.coldPlugVfio === 'no-port')
    return { made, problems: [] };
  const { annotations = {} } = container.spec;
  if (!Object.keys(annotations).some((key) => key.startsWith(cdiAnnotationPrefix)))
    return { made, problems: [] };
  const { findNamedDevices } = await import('./find-named-devices.ts');
  return findNamedDevices(made, specFile, host);
}

/** As namedDevices. @throws TranslateError with every problem */
export async function withNamedDevices(
  translation: Translation,
  specFile: string,
  host?: CdiHost,
): Promise<Translation> {
  const { made, problems } = await namedDevices(translation, specFile, host);
  if (problems.some(({ severity }) => severity === 'error')) throw new TranslateError(problems);
  return problems.length === 0 ? made : { ...made, warnings: [...made.warnings, ...problems] };
}
