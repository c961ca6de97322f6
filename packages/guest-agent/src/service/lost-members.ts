import { LOST_MEMBERS_KEY, lostMembersFromText, withLostMembers } from '@hako/agent-protocol';
import type { CallContext } from '@hako/ttrpc';
import { AgentError } from '../agent-error.ts';

/**
 * A document of a call with the members that the call's message has no place for: hako's host sends them beside it.
 * Throws AgentError `invalid-argument`.
 */
export function withMembersOfCall<T extends object>(document: T, { metadata }: CallContext): T {
  const text = metadata.get(LOST_MEMBERS_KEY)?.[0];
  if (text === undefined) return document;
  try {
    return withLostMembers(document, lostMembersFromText(text));
  } catch (cause) {
    throw new AgentError('invalid-argument', `${LOST_MEMBERS_KEY}: ${(cause as Error).message}`, { cause });
  }
}
