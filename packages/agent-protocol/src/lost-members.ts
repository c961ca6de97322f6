import { type LostMember, pathText } from './spec-conversion.ts';

/**
 * Key of the ttRPC metadata by which hako sends its own agent what the messages of CreateContainer, ExecProcess and
 * UpdateContainer have no place for. Other agents pass metadata over.
 */
export const LOST_MEMBERS_KEY = 'io.hako.lost-members';

/** Word in `agent_details.extra_features` of an agent that puts those members back. */
export const LOST_MEMBERS_FEATURE = 'hako.lost_members';

const MAX_TEXT_LENGTH = 1 << 20;
/** JSON has no exact form for whole numbers beyond 2^53 - 1. */
const BIG_KEY = 'io.hako.int';

/** Members as the text of one metadata value. */
export function lostMembersToText(members: readonly LostMember[]): string {
  return JSON.stringify(members, (_key, value: unknown) =>
    typeof value === 'bigint' ? { [BIG_KEY]: String(value) } : value,
  );
}

/** Members from that text. Throws RangeError or SyntaxError for what is none. */
export function lostMembersFromText(text: string): readonly LostMember[] {
  if (text.length > MAX_TEXT_LENGTH) throw new RangeError(`longer than ${MAX_TEXT_LENGTH} characters`);
  const members: unknown = JSON.parse(text, (_key, value: unknown) => {
    const big = isObject(value) ? value[BIG_KEY] : undefined;
    return typeof big === 'string' ? BigInt(big) : value;
  });
  if (!Array.isArray(members) || !members.every(isMember)) throw new RangeError('not a list of members');
  return members;
}

/** A document with members put back to where they were. Throws RangeError for a path that does not lead anywhere. */
export function withLostMembers<T extends object>(document: T, members: readonly LostMember[]): T {
  return members.reduce<T>((value, member) => put(value, member.path, member) as T, document);
}

function put(target: unknown, path: LostMember['path'], member: LostMember): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return member.value;
  if (typeof step === 'number') {
    if (!Array.isArray(target) || step >= target.length) throw noPlace(member);
    return target.with(step, put(target[step], rest, member));
  }
  if (target !== undefined && !isObject(target)) throw noPlace(member);
  // An object without a member that the protocol carries is not in the message.
  return { ...target, [step]: put(target?.[step], rest, member) };
}

function noPlace({ path }: LostMember): RangeError {
  return new RangeError(`${pathText(path)} has no place in the document`);
}

function isMember(value: unknown): value is LostMember {
  return (
    isObject(value) &&
    Array.isArray(value.path) &&
    value.path.length > 0 &&
    value.path.every((step) =>
      typeof step === 'string' ? step !== '__proto__' : Number.isSafeInteger(step) && step >= 0,
    )
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
