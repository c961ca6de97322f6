/** A value inside a comma separated QEMU option: commas are doubled. */
function optionValue(value: string): string {
  return value.replaceAll(',', ',,');
}

type OptionValue = string | number | boolean | undefined;

/**
 * `virtio-blk-pci,id=image,share-rw=on` from a first word and properties. Undefined values are left out, booleans become
 * `on` and `off`.
 */
export function option(first: string, properties: Readonly<Record<string, OptionValue>>): string {
  const parts = Object.entries(properties).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : optionValue(String(value));
    return [`${key}=${text}`];
  });
  return [first, ...parts].join(',');
}
