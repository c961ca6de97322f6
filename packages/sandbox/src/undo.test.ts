import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Host } from './host.ts';
import { Journal, readJournal } from './journal.ts';
import { removeTree, undoJournal } from './undo.ts';

class RecordingHost implements Host {
  readonly log: string[] = [];
  running = new Map<number, number>();
  marked = new Map<string, number[]>();
  mounts: string[] = [];
  bindMount(): void {}
  mountOverlay(): void {}
  mountView(): void {}
  bindThread(): void {}
  unmountAll(target: string): void {
    this.log.push(`unmount ${target}`);
    this.mounts = this.mounts.filter((mount) => mount !== target);
  }
  mountsBelow(directory: string): readonly string[] {
    return this.mounts.filter((mount) => mount.startsWith(directory));
  }
  processStartTime(pid: number): number | null {
    return this.running.get(pid) ?? null;
  }
  async killProcess(pid: number, startTime: number): Promise<boolean> {
    if (this.running.get(pid) !== startTime) return true;
    this.log.push(`kill ${pid}`);
    this.running.delete(pid);
    return true;
  }
  holder: string | undefined;
  async removeCgroup(path: string): Promise<string | undefined> {
    this.log.push(`rmdir ${path}`);
    return this.holder;
  }
  async undoNetwork(resource: { readonly kind: string }): Promise<void> {
    this.log.push(`undo ${resource.kind}`);
  }
  processesWithMarkers(markers: readonly string[]): readonly number[] {
    return markers.flatMap((marker) => this.marked.get(marker) ?? []).filter((pid) => this.running.has(pid));
  }
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hako-undo-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function journalOf(host: Host, fill: (journal: Journal) => Promise<void>) {
  const path = join(directory, 'journal.jsonl');
  await fill(new Journal(path, (pid) => host.processStartTime(pid)));
  return { path, entries: readJournal(path) };
}

test('processes end before mounts go, and the last made goes first', async () => {
  const host = new RecordingHost();
  host.running.set(11, 100).set(12, 200);
  const { entries } = await journalOf(host, async (journal) => {
    await journal.announce({ kind: 'mount', target: '/a' });
    await journal.announce({ kind: 'mount', target: '/b' });
    await journal.announce({ kind: 'process', role: 'qemu', marker: 'vm-1' });
    await journal.processStarted('qemu', 11);
    await journal.processStarted('virtiofsd', 12);
  });
  await undoJournal(entries, host);
  expect(host.log).toEqual(['kill 12', 'kill 11', 'unmount /b', 'unmount /a']);
});

test('cgroups go last, inner ones first', async () => {
  const host = new RecordingHost();
  host.running.set(11, 100);
  const { entries } = await journalOf(host, async (journal) => {
    await journal.announce({ kind: 'cgroup', path: '/c/a' });
    await journal.announce({ kind: 'cgroup', path: '/c/a/b' });
    await journal.processStarted('qemu', 11);
  });
  expect(await undoJournal(entries, host)).toEqual([]);
  expect(host.log).toEqual(['kill 11', 'rmdir /c/a/b', 'rmdir /c/a']);
});

test('a cgroup that stays is no failure, and is told with who is in it', async () => {
  const host = new RecordingHost();
  host.holder = 'pid 7 (conmon)';
  const { entries } = await journalOf(host, (journal) => journal.announce({ kind: 'cgroup', path: '/c' }));
  expect(await undoJournal(entries, host)).toEqual(['cgroup /c stays, with pid 7 (conmon) in it']);
});

test('a pid that was given to another process since is left alone', async () => {
  const host = new RecordingHost();
  host.running.set(11, 100);
  const { entries } = await journalOf(host, (journal) => journal.processStarted('qemu', 11));
  host.running.set(11, 999);
  await undoJournal(entries, host);
  expect(host.log).toEqual([]);
});

test('a process started after the last line is found by its marker', async () => {
  const host = new RecordingHost();
  host.running.set(40, 7);
  host.marked.set('vm-2', [40]);
  const { entries } = await journalOf(host, (journal) =>
    journal.announce({ kind: 'process', role: 'qemu', marker: 'vm-2' }),
  );
  await undoJournal(entries, host);
  expect(host.log).toEqual(['kill 40']);
});

test('a directory with a mount below is never removed', async () => {
  const host = new RecordingHost();
  const tree = join(directory, 'share');
  mkdirSync(join(tree, 'rootfs'), { recursive: true });
  host.mounts = [join(tree, 'rootfs')];
  const { entries } = await journalOf(host, (journal) => journal.announce({ kind: 'directory', path: tree }));
  await expect(undoJournal(entries, host)).rejects.toMatchObject({ code: 'teardown-incomplete' });
  expect(existsSync(tree)).toBe(true);
});

test('undoing twice is fine, and a line cut short by a crash is not believed', async () => {
  const host = new RecordingHost();
  const file = join(directory, 'socket');
  writeFileSync(file, '');
  const { path } = await journalOf(host, (journal) => journal.announce({ kind: 'file', path: file }));
  writeFileSync(path, '{"op":"announce","resour', { flag: 'a' });
  await undoJournal(readJournal(path), host);
  await undoJournal(readJournal(path), host);
  expect(existsSync(file)).toBe(false);
});

test('a directory that another removes at the same time is gone in the end, whoever of them stops halfway', async () => {
  const tree = join(directory, 'tree');
  mkdirSync(join(tree, 'below'), { recursive: true });
  const host = new RecordingHost();
  let calls = 0;
  await removeTree(tree, host, async (path) => {
    calls += 1;
    if (calls === 2) throw new Error('ENOTEMPTY');
    if (calls === 3) rmSync(path, { recursive: true });
  });
  expect(calls).toBe(3);
});

test('a directory that stays is told', async () => {
  const tree = join(directory, 'tree');
  mkdirSync(tree);
  const host = new RecordingHost();
  await expect(removeTree(tree, host, async () => {})).rejects.toMatchObject({
    code: 'teardown-incomplete',
  });
  await expect(
    removeTree(tree, host, async () => {
      throw new Error('read-only');
    }),
  ).rejects.toThrow('read-only');
});
