import { AgentError } from '../agent-error.ts';
import type { Libc } from './libc.ts';
import { PipeReader } from './pipe-reader.ts';
import { PipeWriter } from './pipe-writer.ts';
import type { Poller } from './poller.ts';

const F_DUPFD_CLOEXEC = 1030;
const TIOCSWINSZ = 0x5414;
/** Ctrl-D, twice. */
const endOfTransmission = new Uint8Array([4, 4]);
const lineEnds = new Set([10, 13]);

/** Terminal size in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** The agent's side of a process's terminal: its streams are the two directions of the master side. */
export class Terminal {
  readonly stdin: TerminalWriter;
  readonly stdout: PipeReader;
  readonly #libc: Libc;
  readonly #master: number;

  /** Owns `master`. */
  constructor(libc: Libc, poller: Poller, master: number) {
    const copy = libc.fcntl(master, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) throw new AgentError('internal', `fcntl of a terminal failed with errno ${-copy}`);
    this.#libc = libc;
    this.#master = master;
    this.stdout = new PipeReader(libc, poller, master);
    this.stdin = new TerminalWriter(libc, poller, copy);
  }

  /** The foreground processes get SIGWINCH when it changed. */
  resize({ rows, columns }: TerminalSize): void {
    if (this.stdout.ended) return;
    const size = new Uint8Array(8);
    const view = new DataView(size.buffer);
    view.setUint16(0, rows, true);
    view.setUint16(2, columns, true);
    const result = this.#libc.ioctl(this.#master, TIOCSWINSZ, size);
    if (result < 0) throw new AgentError('internal', `resizing a terminal failed with errno ${-result}`);
  }
}

/** Input of a terminal. It has no end of its own: `end` types Ctrl-D, as a user does, and closes nothing. */
class TerminalWriter extends PipeWriter {
  #ended = false;
  #inLine = false;

  override write(bytes: Uint8Array): Promise<void> {
    this.#inLine = !lineEnds.has(bytes.at(-1) ?? 0);
    return super.write(bytes);
  }

  override end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // Within a line the first one only hands over what was typed. A terminal that is gone has ended anyhow.
    super.write(endOfTransmission.subarray(this.#inLine ? 0 : 1)).catch(() => {});
  }
}
