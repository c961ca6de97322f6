import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentClient } from '@hako/agent-client';
import { type CopyLimits, entriesOfTree, type HostEntry } from './host-tree.ts';

/** The protocol's largest piece. */
const PIECE_BYTES = 1024 * 1024;
/** Of folders above the copy, which only the guest's root enters. */
const DIR_MODE = 0o755;
/** Files under way. */
const AT_ONCE = 8;

/** What is copied from where to where, and how much it may be. */
export interface CopySource {
  readonly source: string;
  readonly guestPath: string;
  readonly limits: CopyLimits;
}

/**
 * A copy in the guest of a file or folder of the host, for machines that share nothing (agent call CopyFile). `update`
 * sends what is new or has changed. What has gone stays in the guest: the protocol has no word for that.
 */
export class GuestCopy {
  readonly #agent: AgentClient;
  readonly #from: CopySource;
  #sent: ReadonlyMap<string, string> = new Map();

  constructor(agent: AgentClient, from: CopySource) {
    this.#agent = agent;
    this.#from = from;
  }

  /** @throws SandboxError `unsupported`; the agent's errors */
  async update(): Promise<void> {
    const { source, limits } = this.#from;
    const sent = new Map<string, string>();
    const changed = entriesOfTree(source, limits).filter((entry) => {
      const signature = signatureOf(entry);
      sent.set(entry.path, signature);
      return this.#sent.get(entry.path) !== signature;
    });
    // Folders before what is in them, links after what they lead to; many at once, since each is a round trip.
    for (const entry of changed) if (entry.stats.isDirectory()) await this.#send(entry);
    await this.#sendAll(changed.filter(({ stats }) => stats.isFile()));
    await this.#sendAll(changed.filter(({ stats }) => stats.isSymbolicLink()));
    this.#sent = sent;
  }

  async #sendAll(entries: readonly HostEntry[]): Promise<void> {
    const rest = entries.values();
    const sender = async (): Promise<void> => {
      for (const entry of rest) await this.#send(entry);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
  }

  async #send({ path, stats }: HostEntry): Promise<void> {
    const { source, guestPath } = this.#from;
    const from = join(source, path);
    const common = {
      path: join(guestPath, path),
      fileMode: stats.mode,
      dirMode: DIR_MODE,
      uid: stats.uid,
      gid: stats.gid,
    };
    if (stats.isDirectory()) await this.#agent.copyFile(common);
    else if (stats.isSymbolicLink()) {
      const data = Buffer.from(readlinkSync(from));
      await this.#agent.copyFile({ ...common, fileSize: BigInt(data.length), data });
    } else await this.#sendFile(from, common);
  }

  /** It is sent as it is now: what is larger or smaller than it was a moment ago changes once more, and is sent again. */
  async #sendFile(from: string, common: object): Promise<void> {
    const fd = openSync(from, 'r');
    try {
      const pieces: Buffer[] = [];
      for (;;) {
        const piece = Buffer.alloc(PIECE_BYTES);
        const length = readSync(fd, piece);
        if (length === 0) break;
        pieces.push(piece.subarray(0, length));
      }
      const fileSize = BigInt(pieces.reduce((sum, { length }) => sum + length, 0));
      let offset = 0n;
      for (const data of pieces.length === 0 ? [Buffer.alloc(0)] : pieces) {
        await this.#agent.copyFile({ ...common, fileSize, offset, data });
        offset += BigInt(data.length);
      }
    } finally {
      closeSync(fd);
    }
  }
}

function signatureOf({ stats }: HostEntry): string {
  const { mode, uid, gid, ino, size, mtimeMs, ctimeMs } = stats;
  return stats.isDirectory() ? [mode, uid, gid].join() : [mode, uid, gid, ino, size, mtimeMs, ctimeMs].join();
}
