import type { Line } from '@hako/annotations';
import type { Problem } from '@hako/errors';
import type { Hook, Hooks, Spec } from '@hako/oci-spec';
import type { ContainerOverrides } from '@hako/overrides-runtime';
import { bundlePathKey, containerType, containerTypeKey, sandboxId } from './container-type.ts';
import { deviceInfos } from './devices.ts';
import { environment } from './environment.ts';
import { rootfsPath } from './paths.ts';
import type { ContainerConfig } from './sandbox-config.ts';
import { sectionsOf } from './sections.ts';

export interface ContainerConfigInput {
  readonly spec: Spec;
  /** Absolute path of the bundle. */
  readonly bundlePath: string;
  readonly containerId: string;
  /** Default `3.x`. */
  readonly line?: Line;
  /** What annotations set for this container alone. */
  readonly overrides?: ContainerOverrides;
}

/** A container, or everything that is wrong with its spec. */
export type ContainerConfigResult =
  | { readonly container: ContainerConfig; readonly problems: readonly [] }
  | { readonly container?: undefined; readonly problems: readonly Problem[] };

/** Translates the container's own part of a spec. Throws nothing. */
export function containerConfig(input: ContainerConfigInput): ContainerConfigResult {
  const { spec, bundlePath, containerId, line = '3.x' } = input;
  const { root, process, problems: missing } = sectionsOf(spec, line);
  const { devices, problems: deviceProblems } = deviceInfos(spec.linux?.devices);
  const type = containerType(spec.annotations, line);
  const typeProblems = typeof type === 'string' ? [] : [type];
  const named = sandboxId(spec.annotations);
  if (type === 'pod_container' && line === '3.x' && (named ?? '') === '') typeProblems.push(noSandboxId);
  const problems = [...missing, ...deviceProblems, ...typeProblems, ...hookProblems(spec.hooks)];
  if (problems.length > 0 || root === undefined || process === undefined || typeof type !== 'string')
    return { problems };
  return {
    problems: [],
    container: {
      id: containerId,
      sandboxId: type === 'pod_container' ? (named ?? '') : containerId,
      type,
      bundlePath,
      rootfs: { path: rootfsPath(root.path, bundlePath), readonly: root.readonly ?? false },
      spec: withOverrides(spec, input.overrides ?? {}),
      env: environment(process.env),
      devices,
      annotations: { [bundlePathKey]: bundlePath, [containerTypeKey]: type },
    },
  };
}

/** config.md "POSIX-platform Hooks": a timeout must be greater than zero. */
function hookProblems(hooks: Hooks = {}): Problem[] {
  return Object.entries(hooks).flatMap(([kind, list]: readonly [string, readonly Hook[]]) =>
    list.flatMap(({ timeout }, index): Problem[] =>
      timeout === undefined || timeout > 0
        ? []
        : [
            {
              severity: 'error',
              code: 'translate/bad-hook',
              field: `hooks.${kind}[${index}].timeout`,
              value: String(timeout),
              rule: 'must be greater than 0 seconds',
            },
          ],
    ),
  );
}

const noSandboxId: Problem = {
  severity: 'error',
  code: 'translate/no-sandbox-id',
  field: 'annotations',
  rule: 'must name the sandbox of a container that belongs to a pod',
};

function withOverrides(spec: Spec, { memorySwappiness, memorySwapBytes }: ContainerOverrides): Spec {
  if (memorySwappiness === undefined && memorySwapBytes === undefined) return spec;
  const memory = {
    ...spec.linux?.resources?.memory,
    ...(memorySwappiness === undefined ? {} : { swappiness: memorySwappiness }),
    ...(memorySwapBytes === undefined ? {} : { swap: memorySwapBytes }),
  };
  return { ...spec, linux: { ...spec.linux, resources: { ...spec.linux?.resources, memory } } };
}
