import type { KernelParam } from './kernel-words.ts';

/** Parameters from `name=value` texts, cut at the first `=`; empty texts are passed over, empty names are kept. */
export function parseParams(texts: readonly string[]): KernelParam[] {
  return texts
    .filter((text) => text !== '')
    .map((text) => {
      const equals = text.indexOf('=');
      return equals === -1 ? { key: text } : { key: text.slice(0, equals), value: text.slice(equals + 1) };
    });
}

/**
 * Texts from parameters, with `delimiter` between name and value. Where one of the two is empty only the other is
 * written; an empty delimiter gives two texts per parameter.
 */
export function formatParams(params: readonly KernelParam[], delimiter = '='): string[] {
  return params.flatMap(({ key, value = '' }) => {
    if (key === '' || value === '') return key === '' && value === '' ? [] : [key + value];
    return delimiter === '' ? [key, value] : [`${key}${delimiter}${value}`];
  });
}

/** The list with one more parameter at its end; undefined if the parameter has no name. */
export function addParam(params: readonly KernelParam[], param: KernelParam): KernelParam[] | undefined {
  return param.key === '' ? undefined : [...params, param];
}
