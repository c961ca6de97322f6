/** What `kernel_verity_params` says of an image's hash tree. */
export interface Verity {
  readonly rootHash: string;
  readonly salt: string;
  readonly dataBlocks: number;
  readonly dataBlockSizeBytes: number;
  readonly hashBlockSizeBytes: number;
}

const hexadecimal = /^([\da-f]{2})+$/i;

/**
 * Reads `root_hash=..,salt=..,data_blocks=..,data_block_size=..,hash_block_size=..`, in any order.
 * Undefined for anything else, or a size that dm-verity does not take.
 */
export function parseVerityParams(text: string): Verity | undefined {
  const values = new Map(
    text.split(',').map((part): [string, string] => {
      const [key = '', value = ''] = part.trim().split('=');
      return [key, value];
    }),
  );
  const number = (key: string): number =>
    /^\d{1,15}$/.test(values.get(key) ?? '') ? Number(values.get(key)) : 0;
  const verity: Verity = {
    rootHash: values.get('root_hash') ?? '',
    salt: values.get('salt') ?? '',
    dataBlocks: number('data_blocks'),
    dataBlockSizeBytes: number('data_block_size'),
    hashBlockSizeBytes: number('hash_block_size'),
  };
  const { rootHash, salt, dataBlocks, dataBlockSizeBytes, hashBlockSizeBytes } = verity;
  const isValid =
    hexadecimal.test(rootHash) &&
    (salt === '' || hexadecimal.test(salt)) &&
    dataBlocks > 0 &&
    [dataBlockSizeBytes, hashBlockSizeBytes].every((size) => size >= 512 && size % 512 === 0);
  return isValid ? verity : undefined;
}

/**
 * Kernel words for a root that dm-verity checks: data on `dataDevice`, its hash tree on `hashDevice`
 * (Documentation/admin-guide/device-mapper/dm-init.rst and verity.rst of Linux).
 */
export function verityWords(verity: Verity, dataDevice: string, hashDevice: string): string[] {
  const { rootHash, salt, dataBlocks, dataBlockSizeBytes, hashBlockSizeBytes } = verity;
  const sectors = (dataBlocks * dataBlockSizeBytes) / 512;
  const target = `0 ${sectors} verity 1 ${dataDevice} ${hashDevice} ${dataBlockSizeBytes} ${hashBlockSizeBytes} ${dataBlocks} 0 sha256 ${rootHash} ${salt === '' ? '-' : salt}`;
  return [`dm-mod.create="dm-verity,,,ro,${target}"`, 'root=/dev/dm-0'];
}
