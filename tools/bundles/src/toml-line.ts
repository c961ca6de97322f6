/**
 * The TOML text with `line` set in `[section]`, in place of any line there that sets the same key.
 * For tests: the text is hako's own, with one key a line.
 */
export function withLine(text: string, line: string, section: string = 'hypervisor.qemu'): string {
  const key = line.split('=')[0]?.trim() ?? '';
  const header = `[${section}]`;
  const lines = text.includes(header) ? text.split('\n') : [...text.split('\n'), header];
  const start = lines.indexOf(header);
  const next = lines.findIndex((other, index) => index > start && other.startsWith('['));
  const end = next === -1 ? lines.length : next;
  const body = lines.slice(start + 1, end).filter((other) => other.split('=')[0]?.trim() !== key);
  return [...lines.slice(0, start + 1), line, ...body, ...lines.slice(end)].join('\n');
}
