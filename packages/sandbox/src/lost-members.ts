import type { AgentClient } from '@hako/agent-client';
import {
  LOST_MEMBERS_FEATURE,
  LOST_MEMBERS_KEY,
  type LostMember,
  lostMembersToText,
  pathText,
} from '@hako/agent-protocol';
import { guestFeatures } from './guest-features.ts';

/** Sections for other platforms, and what names things of the host: nothing of it is for this guest. */
const NOT_FOR_THE_GUEST: ReadonlySet<string> = new Set([
  'windows',
  'solaris',
  'zos',
  'freebsd',
  'linux.netDevices',
  'process.commandLine',
  'commandLine',
]);

/** The members that the guest is to get although the agent's protocol has no field for them. */
function membersForGuest(lost: readonly LostMember[]): readonly LostMember[] {
  return lost.filter(({ path }) => !NOT_FOR_THE_GUEST.has(pathText(path)));
}

/** Options of an agent call that carry such members beside its message. */
export function besideMessage(lost: readonly LostMember[]): { readonly metadata?: Record<string, string> } {
  const members = membersForGuest(lost);
  return members.length === 0 ? {} : { metadata: { [LOST_MEMBERS_KEY]: lostMembersToText(members) } };
}

/** What to tell the user when this agent does not take them: Kata's passes them over. Undefined: all is well. */
export async function lostNotice(
  agent: AgentClient,
  lost: readonly LostMember[],
): Promise<string | undefined> {
  const members = membersForGuest(lost);
  if (members.length === 0) return undefined;
  if ((await guestFeatures(agent)).includes(LOST_MEMBERS_FEATURE)) return undefined;
  const paths = members.map(({ path }) => pathText(path)).join(', ');
  return `warning: the agent in this guest has no field for ${paths}: left out`;
}
