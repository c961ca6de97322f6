import type { SpecBox } from './box.ts';

/** One demand of the OCI runtime specification 1.3 in our words, and what shows how hako meets it. */
export interface SpecRule {
  /** File and section, as in `runtime.md, State`. */
  readonly section: string;
  readonly rule: string;
  readonly verdict: 'holds' | 'differs' | 'refused';
  /** How it differs, or why it is refused. */
  readonly note?: string;
  /** A test of its own ... */
  readonly check?: (box: SpecBox) => Promise<void>;
  /** ... or one that stands elsewhere: its file in `test/` and its title, or how that begins. */
  readonly shownBy?: readonly [file: string, title: string];
}

/** The rules as a table in Markdown, the section told where it changes. */
export function specTable(rules: readonly SpecRule[]): string {
  const rows = rules.map(({ section, rule, verdict, note = '' }, index) => {
    const shown = rules[index - 1]?.section === section ? '' : section;
    return `| ${shown} | ${rule} | ${verdict} | ${note} |`;
  });
  return ['| section | rule | with hako | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
