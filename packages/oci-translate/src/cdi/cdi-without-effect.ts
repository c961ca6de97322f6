import type { RuntimeConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import type { Spec } from '@hako/oci-spec';
import { formatPath } from '@hako/shape';
import { isCdiAnnotation } from './cdi-annotation.ts';

/** Said of annotations that name devices where no machine starts with any, as Kata passes over them. */
export function cdiWithoutEffect(
  { annotations = {} }: Pick<Spec, 'annotations'>,
  { hypervisor }: Pick<RuntimeConfig, 'hypervisor'>,
): readonly Problem[] {
  if (hypervisor.coldPlugVfio !== 'no-port') return [];
  return Object.keys(annotations)
    .filter(isCdiAnnotation)
    .map((key) => ({
      severity: 'warning',
      code: 'cdi/no-effect',
      field: formatPath([key], 'annotations'),
      rule: 'has no effect: with cold_plug_vfio = "no-port" a machine starts without devices of the host',
    }));
}
