interface WithRawJson {
  rawJSON(text: string): object;
}

/** JSON text; bigints become plain numbers with all their digits, as in an rlimit of 2^64 - 1. */
export function toJson(value: object): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? (JSON as unknown as WithRawJson).rawJSON(String(item)) : item,
  );
}
