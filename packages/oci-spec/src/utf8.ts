import { decodeUtf8 } from '@hako/shape';
import { OciSpecError } from './error.ts';

/** Text of UTF-8 bytes. Throws `OciSpecError` (`not-json`) naming the line of the first wrong byte. */
export function textOf(bytes: Uint8Array, { file }: { readonly file?: string }): string {
  const text = decodeUtf8(bytes);
  if (typeof text === 'string') return text;
  throw new OciSpecError('not-json', [
    {
      severity: 'error',
      code: 'oci-spec/not-utf8',
      ...(file === undefined ? {} : { file }),
      line: text.line,
      field: '',
      rule: `must be UTF-8, but byte ${text.offset} is not`,
    },
  ]);
}
