import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Measured, mergeResults, type Results, readResults, writeResults } from '../results.ts';
import { summarize } from '../statistics.ts';
import { writeReport } from './write-report.ts';

const measured = (figure: string, medians: Record<string, number>, unit: 'ms' | 'MiB' = 'ms'): Measured => ({
  figure,
  title: `Title of ${figure}`,
  method: `Method of ${figure}.`,
  machine: { commit: 'abc', date: '2026-01-02T03:04:05Z', cpus: 2, cpu: 'CPU' },
  rounds: 1,
  readings: summarize(Object.entries(medians).map(([label, value]) => ({ label, value, unit }))).map(
    (summary) => ({ ...summary, samples: [...summary.samples] }),
  ),
  goals: [{ name: `${figure} goal`, unit, atMost: 1, value: 2, reached: false, kata: 3, parts: '  ' }],
});

it('writes goals, figures and pictures, and keeps what was measured before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
  try {
    const file = join(folder, 'bench.json');
    expect(readResults(file)).toEqual({ figures: [] });
    writeResults(file, {
      figures: [measured('start', { 'hako run': 3, '  kernel': 2 }), measured('exec', { e: 1 })],
    });
    const again: Results = {
      figures: [
        measured('density', { 'cold, 1 running': 260, 'cold, 20 running': 250 }, 'MiB'),
        measured('exec', { exec: 150 }),
        measured('clones', { '  virtio-9p: restore': 40, '  virtio-9p: total': 99 }),
        measured('delete', { '  machine': 60, '  total': 101, '  folder': 40, '  lock': 1 }),
      ],
    };
    const order = ['start', 'clones', 'exec', 'delete', 'density'];
    const { figures } = mergeResults(readResults(file), again, order);
    expect(figures.map(({ figure }) => figure)).toEqual(order);
    expect(writeReport(folder, figures)).toEqual([
      'SPEED.md',
      'docs/speed/start.svg',
      'docs/speed/memory.svg',
    ]);
    const text = readFileSync(join(folder, 'SPEED.md'), 'utf8');
    expect(text).toContain('| exec goal | <= 1 ms | 2.00 ms | **not reached** | 3 ms |');
    expect(text).toContain('## Title of start\n\nMethod of start. At commit abc, 2026-01-02, 1 rounds.');
    expect(text).toContain(
      '- **delete goal**, 2.00 ms for 1 ms (*Title of delete*): machine 60.0 ms, folder 40.0 ms.\n',
    );
    expect(text).toContain('| &nbsp;&nbsp;kernel | 2.00 ms | 2.00 ms | 2.00 ms | 1 |');
    expect(text).toContain('| exec | 150 ms |');
    expect(text).not.toContain('| e |');
    expect(text).toContain('![memory per sandbox](docs/speed/memory.svg)');
    const picture = readFileSync(join(folder, 'docs/speed/start.svg'), 'utf8');
    expect(picture).toMatch(/^<svg /);
    for (const text of ['kernel', 'cold', 'cloned, virtio-9p', 'restore']) expect(picture).toContain(text);
    expect(picture).not.toContain('total');
    expect(readFileSync(join(folder, 'docs/speed/memory.svg'), 'utf8')).toContain('cold');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
