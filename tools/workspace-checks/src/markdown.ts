/** The text of the first fenced block in one of the languages, or undefined. */
export function firstBlock(markdown: string, languages: readonly string[]): string | undefined {
  const blocks = markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...blocks].find(([, language = '']) => languages.includes(language))?.[2];
}
