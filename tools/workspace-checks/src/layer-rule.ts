/**
 * Who may import whom, by tags. Layers 0 to 4 import their own layer or below. The guest's programs share the
 * protocols and the system calls with the host, and nothing that drives a VM. Tools may import everything.
 * Packages of one kind (an override family, a backend) never import each other: each is usable and replaceable alone.
 */
export interface TaggedPackage {
  readonly name: string;
  readonly tags: readonly string[];
}

const exclusiveKinds = ['kind:family', 'kind:backend'];
const highestLayerForGuest = 2;

/** Why `from` must not import `to`, or undefined where it may. */
export function layerViolation(from: TaggedPackage, to: TaggedPackage): string | undefined {
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)];
  const edge = `${from.name} (${fromLayer}) imports ${to.name} (${toLayer})`;
  if (fromLayer === 'tool') return undefined;
  if (toLayer === 'tool') return `${edge}: packages never depend on tools`;
  for (const kind of exclusiveKinds) {
    if (from.tags.includes(kind) && to.tags.includes(kind)) return `${edge}: both are ${kind}`;
  }
  if (fromLayer === 'guest') {
    if (toLayer === 'guest') return undefined;
    const isDriver = Number(toLayer) > highestLayerForGuest || to.tags.includes('kind:backend');
    return isDriver ? `${edge}: the guest takes only contracts, protocols and system calls` : undefined;
  }
  if (toLayer === 'guest') return `${edge}: host packages never depend on the guest's programs`;
  return Number(toLayer) > Number(fromLayer) ? `${edge}: only the own layer or below` : undefined;
}

/** "0" to "4", "guest" or "tool". */
export function layerOf(item: TaggedPackage): string {
  const layers = item.tags.filter((tag) => /^layer:([0-4]|guest|tool)$/.test(tag));
  const [layer] = layers;
  if (layer === undefined || layers.length > 1) throw new Error(`${item.name} needs exactly one layer tag`);
  return layer.slice('layer:'.length);
}
