import type { Problem } from '@hako/errors';
import {
  type ContainerConfig,
  isCdiAnnotation,
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

export interface NamedDevicesOptions {
  /** Name of config.json in problems. */
  readonly specFile: string;
  /** False: that the kubelet will be asked is only said. Default true. */
  readonly askKubelet?: boolean;
  /** Default: this one. */
  readonly host?: CdiHost;
}

/**
 * Adds the devices of the host with which the machine is to start by annotations `cdi.k8s.io/…`, or by the kubelet. These only name: files
 * of the operator say which devices are meant. What that takes is loaded only where devices may be named, and the configuration has
 * machines start with devices.
 */
export async function namedDevices<T extends Made>(
  made: T,
  options: NamedDevicesOptions,
): Promise<WithNamedDevices<T>> {
  const { sandbox, container } = made;
  // A further member of a pod gets no machine.
  if (container.type === 'pod_container' || sandbox.hypervisor.coldPlugVfio === 'no-port')
    return { made, problems: [] };
  const { annotations = {} } = container.spec;
  const isNamed = Object.keys(annotations).some(isCdiAnnotation);
  if (!isNamed && sandbox.runtime.podResourceApiSock === '') return { made, problems: [] };
  const { findNamedDevices } = await import('./find-named-devices.ts');
  return findNamedDevices(made, options);
}

/** As namedDevices. @throws TranslateError with every problem */
export async function withNamedDevices(
  translation: Translation,
  options: NamedDevicesOptions,
): Promise<Translation> {
  const { made, problems } = await namedDevices(translation, options);
  if (problems.some(({ severity }) => severity === 'error')) throw new TranslateError(problems);
  return problems.length === 0 ? made : { ...made, warnings: [...made.warnings, ...problems] };
}
