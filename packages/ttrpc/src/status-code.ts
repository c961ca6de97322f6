/** Numbers of the statuses that a peer may answer with; those of gRPC. */
export const statusNumbers = {
  cancelled: 1,
  unknown: 2,
  'invalid-argument': 3,
  'deadline-exceeded': 4,
  'not-found': 5,
  'already-exists': 6,
  'permission-denied': 7,
  'resource-exhausted': 8,
  'failed-precondition': 9,
  aborted: 10,
  'out-of-range': 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  'data-loss': 15,
  unauthenticated: 16,
} as const;

/** A status that is not OK. */
export type StatusCode = keyof typeof statusNumbers;

const codes = new Map<number, StatusCode>(
  Object.entries(statusNumbers).map(([code, number]) => [number, code as StatusCode]),
);

/** Status of a number from the wire; numbers nobody defined are `unknown`. */
export function statusCodeOf(number: number): StatusCode {
  return codes.get(number) ?? 'unknown';
}
