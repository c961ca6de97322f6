import { closeSync, createReadStream, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import type { SandboxConfig } from '@hako/oci-translate';
import { replaceDescriptor } from '@hako/posix';
import { clearSpareFolder, joinCgroupOf, posixHost, SpareMachine } from '@hako/sandbox';
import { listenPrivately } from '../listen-privately.ts';
import { QuietMemory } from '../quiet-memory.ts';
import { log } from '../shim-log.ts';
import { CONTROL_FD } from '../start-server.ts';
import { startTemplateMaker } from '../template-maker.ts';
import { firstLine, parseOrder, type SpareOrder } from './messages.ts';
import { SPARE_CONFIG, SPARE_SOCKET, type SpareWord } from './start-spare.ts';

/** The machine that a process had ready when it became a shim, and its control stream as one. */
export interface ReadyShim {
  readonly spare: SpareMachine;
  readonly control: Duplex;
}

/** The order comes with the connection. */
const ORDER_TIMEOUT_MS = 5000;

/**
 * The process that has a machine ready: starts one, and waits for the order by which it becomes the shim of a sandbox. Until then it
 * ends, and leaves nothing, when the cache's server does.
 *
 * @param folder its own, which is the working directory
 * @returns the shim's command line, and what it is given besides
 */
export async function serveSpare(
  folder: string,
): Promise<{ readonly order: SpareOrder; readonly ready: ReadyShim }> {
  const host = posixHost();
  const ending = new AbortController();
  const control = createReadStream('', { fd: CONTROL_FD, autoClose: true });
  const onEnd = (): void => ending.abort();
  control.on('error', onEnd).on('close', onEnd).resume();
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, onEnd);
  let order: SpareOrder;
  let spare: SpareMachine | undefined;
  let taker: Socket;
  const memory = new QuietMemory();
  try {
    spare = await SpareMachine.make({
      config: JSON.parse(readFileSync(SPARE_CONFIG, 'utf8')) as SandboxConfig,
      folder,
      hypervisor: new QemuHypervisor(),
      host,
      makeTemplate: startTemplateMaker,
      log: (message) => log('info', message),
      signal: ending.signal,
    });
    void spare.exited.then(({ exitCode, signal }) => {
      log('info', `the machine has ended: ${signal ?? `exit status ${exitCode}`}`);
      ending.abort();
    });
    memory.touch();
    [taker, order] = await orderOf(spare, ending.signal);
  } catch (error) {
    log('error', error instanceof Error ? error.message : String(error));
    await spare?.discard();
    // Where there is no server any more, nobody else does it.
    if (ending.signal.aborted) await clearSpareFolder(folder, host);
    process.exit(1);
  }
  for (const signal of signals) process.off(signal, onEnd);
  memory.stop();
  process.chdir(order.directory);
  const file = openSync(order.log, 'a', 0o600);
  for (const fd of [1, 2]) replaceDescriptor(fd, file);
  closeSync(file);
  joinCgroupOf(order.pid, [process.pid, ...spare.pids]);
  return { order, ready: { spare, control: taker } };
}

/** The first who connects gives the order. */
async function orderOf(spare: SpareMachine, signal: AbortSignal): Promise<[Socket, SpareOrder]> {
  const connected = Promise.withResolvers<Socket>();
  signal.addEventListener('abort', () => connected.reject(new Error('nobody wants the machine any more')));
  const server = createServer((socket) => {
    socket.on('error', () => {});
    connected.resolve(socket);
    server.close();
  });
  await listenPrivately(server, SPARE_SOCKET);
  try {
    signal.throwIfAborted();
    tell('ready');
    const socket = await connected.promise;
    const order = parseOrder(await firstLine(socket, ORDER_TIMEOUT_MS));
    spare.handOver(order.journal);
    // From here on it is the sandbox's, whatever becomes of the cache.
    rmSync(SPARE_CONFIG);
    tell('taken');
    return [socket, order];
  } finally {
    server.close();
    rmSync(SPARE_SOCKET, { force: true });
  }
}

function tell(word: SpareWord): void {
  writeSync(CONTROL_FD, `${word}\n`);
}
