import { closeSync, rmSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import type { Libc } from './libc.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
/** Bytes of a path that fit struct sockaddr_un with its closing NUL. */
const longestPath = 107;

/**
 * Where crun leaves the master side of a new process's pseudo-terminal, which it makes in the container's own devpts.
 * crun has connected and sent it by the time it ends, so nothing here waits.
 */
export class ConsoleSocket {
  readonly path: string;
  readonly #libc: Libc;
  readonly #fd: number;

  /** @throws AgentError `internal` when no socket can be made at `path` */
  constructor(libc: Libc, path: string) {
    this.path = path;
    this.#libc = libc;
    const name = new TextEncoder().encode(path);
    if (name.length > longestPath)
      throw new AgentError('internal', `console socket ${path} has too long a path`);
    this.#fd = libc.socket(AF_UNIX, SOCK_STREAM + SOCK_CLOEXEC + SOCK_NONBLOCK, 0);
    if (this.#fd < 0) throw failed('making a console socket', this.#fd);
    const address = new Uint8Array(2 + name.length + 1);
    address[0] = AF_UNIX;
    address.set(name, 2);
    const result = libc.bind(this.#fd, address, address.length) || libc.listen(this.#fd, 1);
    if (result < 0) {
      closeSync(this.#fd);
      throw failed(`binding console socket ${path}`, result);
    }
  }

  /** The terminal's master side, once crun has ended. Throws AgentError `internal`. */
  receive(): number {
    const connection = this.#libc.accept4(this.#fd, SOCK_CLOEXEC + SOCK_NONBLOCK);
    if (connection < 0) throw failed('waiting for the terminal of crun', connection);
    try {
      const master = this.#libc.receiveDescriptor(connection);
      if (master < 0) throw failed('receiving the terminal of crun', master);
      return master;
    } finally {
      closeSync(connection);
    }
  }

  /** Removes the socket; what was received stays. */
  close(): void {
    closeSync(this.#fd);
    rmSync(this.path, { force: true });
  }
}

function failed(what: string, result: number): AgentError {
  return new AgentError('internal', `${what} failed with errno ${-result}`);
}
