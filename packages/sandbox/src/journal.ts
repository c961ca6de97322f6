import { appendFileSync, readFileSync } from 'node:fs';
import type { HostResource, ResourceLedger } from '@hako/hypervisor';

/** One line of `journal.jsonl`. */
export type JournalEntry =
  | { readonly op: 'announce'; readonly resource: HostResource }
  | { readonly op: 'started'; readonly role: string; readonly pid: number; readonly startTime: number };

/**
 * The teardown journal of one sandbox: a line is appended BEFORE each thing that must be undone. Appends are not
 * fsynced: a crash of the host undoes processes and mounts by itself, and the root is on tmpfs as a rule.
 */
export class Journal implements ResourceLedger {
  readonly #path: string;
  readonly #startTimeOf: (pid: number) => number | null;

  constructor(path: string, startTimeOf: (pid: number) => number | null) {
    this.#path = path;
    this.#startTimeOf = startTimeOf;
  }

  // The contract is asynchronous for ledgers that are; an append to a local file is not worth a thread.
  async announce(resource: HostResource): Promise<void> {
    this.#append({ op: 'announce', resource });
  }

  async processStarted(role: string, pid: number): Promise<void> {
    this.#append({ op: 'started', role, pid, startTime: this.#startTimeOf(pid) ?? 0 });
  }

  #append(entry: JournalEntry): void {
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }
}

/**
 * Entries in the order written. A last line that a crash cut short is left out: what it announced was not made
 * yet. No journal means no entries.
 */
export function readJournal(path: string): readonly JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const entries: JournalEntry[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      entries.push(JSON.parse(line) as JournalEntry);
    } catch {
      // Cut short by a crash; see above.
    }
  }
  return entries;
}
