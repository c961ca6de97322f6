// Every JavaScript engine has these two, but the language's own library does not declare them.
declare const TextEncoder: new () => {
  encodeInto(text: string, into: Uint8Array): { readonly written: number };
};
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

/** Writes text as UTF-8; lone surrogates become U+FFFD. */
export const utf8Encoder: InstanceType<typeof TextEncoder> = /* @__PURE__ */ new TextEncoder();

/** Reads UTF-8; throws TypeError where the bytes are not, keeps a byte order mark. */
export const utf8Decoder: InstanceType<typeof TextDecoder> = /* @__PURE__ */ new TextDecoder('utf-8', {
  fatal: true,
  ignoreBOM: true,
});
