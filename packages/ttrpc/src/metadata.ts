/** Metadata as a caller gives it: a value, or several, per key. Keys are sent in lower case. */
export type MetadataInit = Readonly<Record<string, string | readonly string[]>>;

/** Metadata as it came with a call: lower-case keys, each with its values in the order they were sent. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

type Pairs = readonly { readonly key: string; readonly value: string }[];

export function metadataToPairs(metadata: MetadataInit): Pairs {
  return Object.entries(metadata).flatMap(([key, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ key: key.toLowerCase(), value })),
  );
}

export function metadataFromPairs(pairs: Pairs): Metadata {
  const metadata = new Map<string, string[]>();
  for (const { key, value } of pairs) {
    const name = key.toLowerCase();
    const values = metadata.get(name);
    if (values === undefined) metadata.set(name, [value]);
    else values.push(value);
  }
  return metadata;
}
