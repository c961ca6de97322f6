/**
 * Key of the ttRPC metadata by which hako sends its own agent the metrics of the routes of UpdateRoutes, for which the message
 * has no place. Other agents pass metadata over.
 */
export const ROUTE_PRIORITIES_KEY = 'io.hako.route-priorities';

const MAX_TEXT_LENGTH = 65_536;
const MAX_PRIORITY = 0xffff_ffff;

/** One number per route, in their order; 0 for a route without one. */
export function routePrioritiesToText(priorities: readonly number[]): string {
  return priorities.join(',');
}

/** Numbers from that text. Throws RangeError for what is none. */
export function routePrioritiesFromText(text: string): readonly number[] {
  if (text.length > MAX_TEXT_LENGTH) throw new RangeError(`longer than ${MAX_TEXT_LENGTH} characters`);
  return text.split(',').map((part) => {
    const number = /^[0-9]{1,10}$/.test(part) ? Number(part) : Number.NaN;
    if (!(number <= MAX_PRIORITY)) throw new RangeError(`${JSON.stringify(part)} is no metric of a route`);
    return number;
  });
}
