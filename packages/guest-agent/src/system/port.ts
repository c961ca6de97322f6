import { constants, openSync, readdirSync, readFileSync } from 'node:fs';
import type { Libc } from './libc.ts';
import { type Poller, pollEvents, pollOne } from './poller.ts';
import { PortChannel } from './port-channel.ts';

/** The virtio-serial port that carries the agent's calls. */
export const agentPort = 'agent.channel.0';

/** Device of the virtio-serial port of that name, or undefined when there is none (yet). */
export function portNamed(name: string, sysDir = '/sys'): string | undefined {
  const portsDir = `${sysDir}/class/virtio-ports`;
  const device = readdirSync(portsDir).find(
    (port) => readFileSync(`${portsDir}/${port}/name`, 'latin1').trim() === name,
  );
  return device === undefined ? undefined : `/dev/${device}`;
}

/** Opens the port. What the host has written before stays to be read. */
export function openPort(device: string): number {
  return openSync(device, constants.O_RDWR | constants.O_NONBLOCK);
}

/** Who is told of each session; TtrpcServer is one. */
export interface Sessions {
  serve(channel: PortChannel): void;
}

/**
 * Serves the host on the port, session after session: each time the host opens its end a new session begins,
 * with nothing left of the one before. `sessionStarted` gets each channel.
 */
export function servePort(
  parts: { readonly libc: Libc; readonly poller: Poller; readonly fd: number },
  server: Sessions,
  sessionStarted: (channel: PortChannel) => void = () => {},
): void {
  const { libc, poller, fd } = parts;
  const begin = (): void => {
    const channel = new PortChannel(libc, poller, fd, whenHostIsThere);
    server.serve(channel);
    sessionStarted(channel);
  };
  const whenHostIsThere = (): void => {
    if ((pollOne(libc, fd, pollEvents.in) & pollEvents.hangUp) === 0) begin();
    // Told of the next change only: of the hang-up that is there already once at most.
    else poller.watch(fd, pollEvents.in | pollEvents.out, whenHostIsThere);
  };
  poller.adopt(fd);
  whenHostIsThere();
}
