import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '@hako/errors';
import type { VhostUserDevice, VmDevice } from '@hako/hypervisor';
import { connectUnix, isPosixError } from '@hako/posix';

/** VHOST_USER_GET_FEATURES: a header of request, flags and size of what follows, which is nothing. */
const GET_FEATURES = 1;
const VERSION = 1;
const REPLY = 4;
const HEADER_BYTES = 12;
const LIMIT_MS = 5000;

const fix = 'start a process there that serves vhost-user network cards, to more than one connection';

/** What keeps QEMU from starting with the network cards among these devices that a process serves. */
export async function checkNetworkProcesses(devices: readonly VmDevice[]): Promise<readonly Problem[]> {
  const problems = await Promise.all(devices.filter(isNetworkProcess).map((card) => processProblem(card)));
  return problems.filter((problem) => problem !== undefined);
}

function isNetworkProcess(device: VmDevice): device is VhostUserDevice {
  return device.kind === 'vhost-user' && device.part.kind === 'network';
}

/**
 * Asks the process of a network card for its features, on a connection of its own. QEMU connects again and again to one that hangs
 * up, without end, and neither it nor its guest does anything else meanwhile; so it must not get to such a process.
 *
 * @param limitMs how long the process may take
 */
export async function processProblem(
  { id, socket }: VhostUserDevice,
  limitMs: number = LIMIT_MS,
): Promise<Problem | undefined> {
  const rule = await whyNot(socket, limitMs);
  if (rule === undefined) return undefined;
  const field = `devices.${id}.socket`;
  return { severity: 'error', code: 'qemu/vhost-user-socket', field, value: socket, rule, fix };
}

async function whyNot(path: string, limitMs: number): Promise<string | undefined> {
  let answer: Buffer | undefined;
  try {
    answer = await ask(path, limitMs);
  } catch (error) {
    if (!isPosixError(error)) throw error;
    return `cannot be connected to: ${error.message}`;
  }
  if (answer === undefined) return `must answer a vhost-user request within ${limitMs / 1000} s`;
  if (answer.length === 0) return 'must answer a vhost-user request: the process hangs up';
  const isAnswer =
    answer.length >= HEADER_BYTES &&
    answer.readUInt32LE(0) === GET_FEATURES &&
    (answer.readUInt32LE(4) & REPLY) !== 0;
  return isAnswer ? undefined : 'must answer a vhost-user request: the process speaks something else';
}

/** What comes first, nothing from who hangs up; undefined when nothing came in time. */
async function ask(path: string, limitMs: number): Promise<Buffer | undefined> {
  const peer = await connectUnix(path);
  const answered = Promise.withResolvers<Buffer>();
  let said = Buffer.alloc(0);
  peer.on('data', (bytes: Buffer) => {
    said = Buffer.concat([said, bytes]);
    if (said.length >= HEADER_BYTES) answered.resolve(said);
  });
  // An error, of a connection that was reset, comes before.
  peer.on('error', () => undefined);
  peer.on('close', () => answered.resolve(said));
  peer.on('end', () => answered.resolve(said));
  const given = new AbortController();
  try {
    peer.write(Buffer.from(Uint32Array.of(GET_FEATURES, VERSION, 0).buffer));
    const late = delay(limitMs, undefined, { signal: given.signal }).catch(() => undefined);
    return await Promise.race([answered.promise, late]);
  } finally {
    given.abort();
    peer.destroy();
  }
}
