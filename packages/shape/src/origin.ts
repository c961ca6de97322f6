/**
 * Where a value came from.
 *
 * `default`: nobody said anything. `file`: a configuration file or drop-in. `annotation`: an annotation of the
 * container. `derived`: computed from other values; `from` says how.
 */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly key: string }
  | { readonly kind: 'annotation'; readonly key: string }
  | { readonly kind: 'derived'; readonly from: string };

/** Origins by field path (`hypervisor.defaultVcpus`); a field that is absent has its default. */
export type Origins = Readonly<Record<string, Origin>>;

/** For people: `default`, `/etc/x.toml:12`, `annotation io.…`. */
export function formatOrigin(origin: Origin | undefined): string {
  switch (origin?.kind) {
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'annotation':
      return `annotation ${origin.key}`;
    case 'derived':
      return origin.from;
    default:
      return 'default';
  }
}
