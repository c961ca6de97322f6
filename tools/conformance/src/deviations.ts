/**
 * All differences from the reference that are meant. Nothing else may differ; a difference found anew is reported
 * to whoever owns the project before it gets a line here.
 */
export const deviations = {
  a: 'environment values keep everything after the first "="; the reference cuts them at the second',
  b: 'where the reference panics, a typed error names the missing section',
  c: "error texts: hako's name the key or JSON path, the value and the rule; the reference's error is among the problems, for the same key or field",
  d: 'null and [] are the same',
  e: 'a message that names a wrong option names the right one',
} as const;

/** Letter of a declared deviation. */
export type Deviation = keyof typeof deviations;
