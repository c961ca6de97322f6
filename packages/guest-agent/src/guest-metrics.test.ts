import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { guestMetrics } from './guest-metrics.ts';

const files = {
  loadavg: '0.25 0.10 0.05 2/57 812\n',
  stat: 'cpu  10 0 5 900 1 0 0 0 0 0\ncpu0 10 0 5 900 1 0 0 0 0 0\nintr 5\n',
  vmstat: 'nr_free_pages 1234\n',
  meminfo: 'MemTotal:         210632 kB\nActive(anon):       12 kB\nHugePages_Total:       3\n',
  'net/dev':
    'Inter-| Receive\n face |bytes\n    lo:     100       2    0    0    0     0          0         0 50 1 0 0 0 0 0 0\n',
  diskstats: ' 254       0 vda 10 2 300 4 0 0 0 0 0 5 6 0 0 0 0 0 0\n',
  'self/status': 'Name:\tagent\nVmRSS:\t    2000 kB\n',
};

test('what the kernel counts becomes text of Prometheus', () => {
  const proc = mkdtempSync(join(tmpdir(), 'guest-metrics-'));
  onTestFinished(() => rmSync(proc, { recursive: true }));
  for (const dir of ['net', 'self/task/1']) mkdirSync(join(proc, dir), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(proc, name), text);
  const lines = guestMetrics(3, proc).split('\n');
  for (const line of [
    '# TYPE kata_guest_load gauge',
    'kata_guest_load{item="load1"} 0.25',
    'kata_guest_tasks{item="max"} 57',
    'kata_guest_cpu_time{cpu="total",item="idle"} 900',
    'kata_guest_cpu_time{cpu="0",item="user"} 10',
    'kata_guest_vm_stat{item="nr_free_pages"} 1234',
    `kata_guest_meminfo{item="memtotal"} ${210_632 * 1024}`,
    'kata_guest_meminfo{item="active_anon"} 12288',
    'kata_guest_meminfo{item="hugepages_total"} 3',
    'kata_guest_netdev_stat{interface="lo",item="recv_packets"} 2',
    'kata_guest_netdev_stat{interface="lo",item="sent_bytes"} 50',
    'kata_guest_diskstat{disk="vda",item="sectors_read"} 300',
    'kata_agent_threads 1',
    'kata_agent_total_rss 2048000',
    'kata_agent_scrape_count 3',
  ]) {
    expect(lines).toContain(line);
  }
  // A name or comment, labels in quotes, and one number.
  for (const line of lines) expect(line).toMatch(/^(|# (HELP|TYPE) .*|[a-z_]+(\{[^{}]*\})? [0-9.]+)$/);
});

test('a kernel that tells nothing is no failure', () => {
  expect(guestMetrics(1, '/nowhere')).toBe(
    '# HELP kata_agent_scrape_count How often the metrics were asked for.\n# TYPE kata_agent_scrape_count gauge\nkata_agent_scrape_count 1\n',
  );
});
