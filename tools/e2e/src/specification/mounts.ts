import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SpecBox } from './box.ts';
import { PROPAGATIONS, RECURSIVE_OPTIONS, TMPFS_OPTIONS } from './box-config.ts';
import type { SpecRule } from './rule.ts';

const MOUNTS = 'config.md, Mounts';
const OPTIONS = 'config.md, Linux mount options';

/** One line of /proc/PID/mountinfo. */
interface MountLine {
  /** Of the mount and of the file system. */
  readonly options: readonly string[];
  /** `shared:2`, `unbindable`, ... */
  readonly propagation: readonly string[];
  readonly source: string;
}

/** The topmost mount of each place in the box. */
async function mountsOf(box: SpecBox): Promise<ReadonlyMap<string, MountLine>> {
  const lines = (await box.inside('cat /proc/1/mountinfo')).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [, , , , place = '', options = '', ...propagation] = before.split(' ');
      const [, source = '', ofFileSystem = ''] = after.split(' ');
      return [place, { options: [...options.split(','), ...ofFileSystem.split(',')], propagation, source }];
    }),
  );
}

async function expectShown(
  box: SpecBox,
  rows: readonly (readonly [option: string, shown: string | undefined])[],
): Promise<void> {
  const mounts = await mountsOf(box);
  for (const [option, shown] of rows) {
    const found = mounts.get(`/mnt/${option}`);
    expect(found, option).toBeDefined();
    if (shown !== undefined) expect(found?.options, option).toContain(shown);
  }
}

/** What config.md says of mounts, seen in the box. */
export const mountRules: readonly SpecRule[] = [
  {
    section: MOUNTS,
    rule: 'in the listed order; a relative destination begins at `/`, a relative source of a bind in the bundle',
    verdict: 'holds',
    check: async (box) => {
      const mounts = await mountsOf(box);
      expect(mounts.get('/mnt')?.source).toBe('above');
      expect(mounts.get('/tmp')?.source).toBe('relative');
      expect(await box.inside('cat /srv/beside/note')).toBe('beside config.json\n');
    },
  },
  {
    section: MOUNTS,
    rule: 'a mount is a bind when `bind` or `rbind` is among its options; `rbind` takes the mounts below along',
    verdict: 'holds',
    check: async (box) => {
      writeFileSync(join(box.tree, 'below', 'deep'), 'deep\n');
      expect(await box.inside('cat /mnt/tree/file /mnt/tree/below/deep')).toBe('of the host\ndeep\n');
      expect(await box.inside('echo back > /mnt/tree/made; cat /mnt/one-file')).toBe('of the host\n');
      expect(readFileSync(join(box.tree, 'made'), 'utf8')).toBe('back\n');
    },
  },
  {
    section: MOUNTS,
    rule: 'a bind takes the mounts below along that are there at create',
    verdict: 'differs',
    note: 'also with `bind`; what the host mounts there later is not seen',
    check: async (box) => expect(await box.inside('cat /srv/beside/note')).toBe('beside config.json\n'),
  },
  {
    section: OPTIONS,
    rule: `file-system-independent ones: ${TMPFS_OPTIONS.slice(0, -1)
      .map(([option]) => `\`${option}\``)
      .join(', ')}`,
    verdict: 'holds',
    check: (box) => expectShown(box, TMPFS_OPTIONS),
  },
  {
    section: OPTIONS,
    rule: 'an option that is none of those is the file system’s',
    verdict: 'holds',
    check: async (box) => expect(await box.inside('df -k /mnt/size=4096k | tail -1')).toMatch(/ 4096 /),
  },
  {
    section: OPTIONS,
    rule: `propagation: ${PROPAGATIONS.map(([option]) => `\`${option}\``).join(', ')}, linux.rootfsPropagation`,
    verdict: 'differs',
    note: 'between the mounts of the guest; nothing propagates from or to the host',
    check: async (box) => {
      const mounts = await mountsOf(box);
      for (const [option, shown] of PROPAGATIONS) {
        const { propagation } = mounts.get(`/mnt/${option}`) ?? { propagation: ['missing'] };
        if (shown === undefined) expect(propagation, option).toEqual([]);
        else expect(propagation.join(' '), option).toContain(shown);
      }
    },
  },
  {
    section: OPTIONS,
    rule: `recursive: ${RECURSIVE_OPTIONS.map(([option]) => `\`${option}\``).join(', ')}`,
    verdict: 'differs',
    note: '`ro`, also without the r, counts for all mounts below; times of files are kept by the host',
    check: async (box) => {
      await expectShown(box, RECURSIVE_OPTIONS);
      const script =
        'for p in tree-ro rro; do touch /mnt/$p/x /mnt/$p/below/x 2>/dev/null && echo $p; done; true';
      expect(await box.inside(script)).toBe('');
    },
  },
  {
    section: OPTIONS,
    rule: '`remount` changes a mount that is there',
    verdict: 'holds',
    check: async (box) => {
      expect((await box.odd()).stdout).toMatch(/ \/mnt tmpfs ro,nodev/);
    },
  },
  {
    section: OPTIONS,
    rule: '`nosymfollow`, `rnosymfollow`, `idmap`, `ridmap`, uidMappings and gidMappings of a mount',
    verdict: 'refused',
    note: 'the guest’s crun and virtio-fs cannot',
    check: async (box) => {
      for (const option of ['nosymfollow', 'rnosymfollow', 'idmap', 'ridmap']) {
        const mounts = [{ destination: '/mnt', type: 'bind', source: box.tree, options: ['rbind', option] }];
        expect(await box.refused({ mounts })).toMatch(new RegExp(`mounts\\[0\\]\\.options.*"${option}"`));
      }
      const range = [{ containerID: 0, hostID: 1, size: 1 }];
      const mapped = { destination: '/mnt', type: 'bind', source: box.tree, options: ['bind'] };
      const mounts = [{ ...mapped, uidMappings: range, gidMappings: range }];
      expect(await box.refused({ mounts })).toMatch(/mounts\[0\]\.uidMappings/);
    },
  },
];
