import type { StoredTemplate, TemplateStore } from './template-store.ts';

/** Most templates that are kept, and most that they may take of the disk together: annotations can ask for any number of machines. */
const MOST_TEMPLATES = 4;
const MOST_BYTES = 4 * 2 ** 30;
/** One that nobody used for so long goes when the next one is made. */
const UNUSED_MS = 24 * 60 * 60 * 1000;

/**
 * Takes away templates of an earlier boot of the host, those that were not used for a day, and the least used ones beyond four, or
 * beyond 4 GiB.
 *
 * @param spare key of one that stays
 */
export function keepWithin(
  store: Pick<TemplateStore, 'list' | 'drop'>,
  {
    bootId,
    spare,
    nowMs = Date.now(),
  }: { readonly bootId: string; readonly spare: string; readonly nowMs?: number },
): void {
  const first = ({ key }: StoredTemplate): number => (key === spare ? 0 : 1);
  let count = 0;
  let bytes = 0;
  for (const template of store.list().toSorted((a, b) => first(a) - first(b))) {
    count += 1;
    bytes += template.bytes;
    const isOld = template.record.bootId !== bootId || nowMs - template.usedAt.getTime() > UNUSED_MS;
    if (template.key !== spare && (isOld || count > MOST_TEMPLATES || bytes > MOST_BYTES)) {
      store.drop(template.key);
      count -= 1;
      bytes -= template.bytes;
    }
  }
}
