import { formatProblem } from '@hako/errors';
import { boolean, check, integer, list, object, type Shape, text } from '@hako/shape';
import { NetworkError } from './network-error.ts';

// The forms of iproute2's JSON (`ip -json`); only what is used is described, and hardly anything is always there.

const count = integer(0, 0xffff_ffff);

export interface LinkOutput {
  readonly ifindex?: number;
  readonly ifname?: string;
  readonly link_type?: string;
  readonly flags?: readonly string[];
  readonly address?: string;
  readonly mtu?: number;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly type?: string } };
  readonly addr_info?: readonly AddressOutput[];
}
interface AddressOutput {
  readonly family?: string;
  readonly local?: string;
  readonly prefixlen?: number;
  readonly scope?: string;
  /** It was leased, or told by a router. */
  readonly dynamic?: boolean;
}
/** Of `ip address`. */
export const linksOutput: Shape<readonly LinkOutput[]> = list(
  object<LinkOutput>(
    {
      ifindex: count,
      ifname: text,
      link_type: text,
      flags: list(text),
      address: text,
      mtu: count,
      linkinfo: object<NonNullable<LinkOutput['linkinfo']>>(
        { info_kind: text, info_data: object<{ readonly type?: string }>({ type: text }, {}) },
        {},
      ),
      addr_info: list(
        object<AddressOutput>(
          { family: text, local: text, prefixlen: count, scope: text, dynamic: boolean },
          {},
        ),
      ),
    },
    {},
  ),
);

export interface RouteOutput {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly protocol?: string;
  readonly scope?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly flags?: readonly string[];
  readonly metrics?: readonly { readonly mtu?: number }[];
}
/** Of `ip route`. */
export const routesOutput: Shape<readonly RouteOutput[]> = list(
  object<RouteOutput>(
    {
      type: text,
      dst: text,
      gateway: text,
      dev: text,
      protocol: text,
      scope: text,
      prefsrc: text,
      metric: count,
      flags: list(text),
      metrics: list(object<{ readonly mtu?: number }>({ mtu: count }, {})),
    },
    { dst: true },
  ),
);

export interface NeighbourOutput {
  readonly dst: string;
  readonly dev?: string;
  readonly lladdr?: string;
}
/** Of `ip neigh`. */
export const neighboursOutput: Shape<readonly NeighbourOutput[]> = list(
  object<NeighbourOutput>({ dst: text, dev: text, lladdr: text }, { dst: true }),
);

/** What `ip` has printed. @throws NetworkError `unreadable` */
export function readOutput<T extends readonly unknown[]>(shape: Shape<T>, printed: string, path: string): T {
  // For an empty list it may print nothing at all.
  const value = printed.trim() === '' ? [] : parseJson(printed);
  const [problem] = check(shape, value, { codePrefix: 'network', maxProblems: 1 }).problems;
  if (problem === undefined) return value as T;
  throw new NetworkError('unreadable', `cannot read the network of ${path}: ${formatProblem(problem)}`, {
    facts: { path },
  });
}

function parseJson(printed: string): unknown {
  try {
    return JSON.parse(printed);
  } catch {
    return undefined;
  }
}
