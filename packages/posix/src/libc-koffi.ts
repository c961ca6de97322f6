import { createRequire } from 'node:module';
import type { CArgument, CSignature, CType, LibcBinding } from './libc-binding.ts';

const koffiTypes = { i32: 'int', u32: 'uint32_t', i64: 'int64_t', bytes: 'void *' } as const satisfies Record<
  CType,
  string
>;

/**
 * Binding for Node. koffi is required only here and by a require made at run time, so that the executables,
 * which run on Bun, do not carry it, and a program that makes no call does not load it.
 */
export function koffiBinding(): LibcBinding {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const libc = koffi.load('libc.so.6');
  return {
    bind(signature: CSignature) {
      const call = libc.func(
        signature.symbol,
        koffiTypes[signature.returns],
        signature.args.map((type) => koffiTypes[type]),
      ) as (...args: CArgument[]) => number;
      return call;
    },
    errno: () => koffi.errno(),
  };
}
