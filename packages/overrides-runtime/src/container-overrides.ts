import { type OverrideFamily, rowsFor, uint } from '@hako/annotations';

/** Settings of one container; absent members leave the container's own spec alone. */
export interface ContainerOverrides {
  /** How eagerly the container's memory is swapped, 0 to 200. */
  readonly memorySwappiness?: number;
  /** Memory plus swap. Bytes. */
  readonly memorySwapBytes?: number;
}

/** A configuration with a part for the container at hand. */
export interface WithContainerOverrides {
  readonly container: ContainerOverrides;
}

const rows = rowsFor<WithContainerOverrides>();

/** `io.katacontainers.container.*`: the only keys that count on every container of a pod. */
export const containerFamily: OverrideFamily<WithContainerOverrides> = {
  name: 'container',
  overrides: [
    rows.set(
      'io.katacontainers.container.resource.swappiness',
      'container',
      'memorySwappiness',
      { '3.x': { codec: uint({ max: 200 }) } },
      { meaning: 'Swappiness of this container.', limits: '0 to 200', since: '2.2.0' },
    ),
    rows.set(
      'io.katacontainers.container.resource.swap_in_bytes',
      'container',
      'memorySwapBytes',
      { '3.x': { codec: uint({ max: Number.MAX_SAFE_INTEGER }) } },
      { meaning: 'Memory plus swap limit of this container.', unit: 'bytes', since: '2.2.0' },
    ),
  ],
};
