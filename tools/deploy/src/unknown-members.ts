/** Says whether a value is of a kind; made from its schema. */
export type Validate = (value: unknown) => boolean;

/**
 * Paths of members that the schema of a kind does not know, which its check lets pass: compiled, it reads the members that
 * it knows by their names, and goes through those of free maps (labels, quantities). What it does not touch it does not know.
 */
export function unknownMembers(validate: Validate, manifest: object): readonly string[] {
  const touched = new Set<string>();
  const watched = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const touch = (key: string | symbol): string => {
      const at = `${path}/${String(key)}`;
      touched.add(at);
      return at;
    };
    return new Proxy(value, {
      get: (target, key) => watched(Reflect.get(target, key), touch(key)),
      ownKeys: (target) => {
        const keys = Reflect.ownKeys(target);
        for (const key of keys) touch(key);
        return keys;
      },
    });
  };
  validate(watched(manifest, ''));
  return pathsOf(manifest, '').filter((path) => !touched.has(path));
}

function pathsOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    `${path}/${key}`,
    ...pathsOf(member, `${path}/${key}`),
  ]);
}
