/**
 * Module names that TypeScript text imports, statically or by `import()`, types included. Names inside of comments
 * do not count. Good enough for text that passed the formatter; it does not parse.
 */
export function importedModules(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const found = code.matchAll(
    /(?:^|[;{}\s])(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? '').filter((name) => name !== '');
}

/** `@hako/errors/sub` -> `@hako/errors`, `zod/mini` -> `zod`; undefined for relative and Node's own modules. */
export function packageOfImport(name: string): string | undefined {
  if (name.startsWith('.') || name.startsWith('node:')) return undefined;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
