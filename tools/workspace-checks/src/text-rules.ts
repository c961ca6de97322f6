/** Above this, a source file says why it is one idea. */
const maximumLines = 400;

/** Why a source file is too long, or undefined. A reason is a comment line `// Over 400 lines: ...`. */
export function lengthViolation(file: string, text: string): string | undefined {
  const lines = text.trimEnd().split('\n').length;
  if (lines <= maximumLines || /^\s*(?:\/\/|#|\*) Over 400 lines: \S/m.test(text)) return undefined;
  return `${file} has ${lines} lines; split it, or say why in a comment "Over 400 lines: ..."`;
}

// In parts, so that this file does not hold what it looks for.
const privateFolder = ['', 'work', ''].join('/');
const privatePatterns: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [new RegExp(`${privateFolder}[\\w.]`), 'a folder of one machine'],
  [new RegExp(['shared', '(design|facts|vectors|hooks)\\b'].join('/')), 'a folder outside of the project'],
  [/\btarball: https?:/, 'the address of a package registry'],
];

/** Places where text names something that only one machine has, as `file:line: what`. */
export function machineReferences(file: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      privatePatterns
        .filter(([pattern]) => pattern.test(line))
        .map(([, meaning]) => `${file}:${index + 1}: names ${meaning}`),
    );
}
