import { readdirSync, readFileSync } from 'node:fs';

type Labels = Readonly<Record<string, string>>;

/** A value with the labels that tell it from its siblings. */
type Sample = readonly [labels: Labels, value: number];

/**
 * What the guest's kernel counts, as Prometheus' text, under the names that Kata's agent gives it: times of CPUs in ticks of
 * 10 ms, sizes in bytes. What the kernel does not tell is left out.
 *
 * @param scrapes how often this was asked, this time included
 */
export function guestMetrics(scrapes: number, procDir = '/proc'): string {
  const read = (file: string): string => readOrEmpty(`${procDir}/${file}`);
  return [
    gauge('kata_guest_load', 'Load of the guest.', load(read('loadavg'))),
    gauge('kata_guest_tasks', 'Tasks of the guest: running, and all.', tasks(read('loadavg'))),
    gauge('kata_guest_cpu_time', 'Time of the CPUs, in ticks.', cpuTimes(read('stat'))),
    gauge('kata_guest_vm_stat', 'Counters of the virtual memory.', table(read('vmstat'), 1)),
    gauge('kata_guest_meminfo', 'Memory of the guest, in bytes.', table(read('meminfo'), 1024)),
    gauge('kata_guest_netdev_stat', 'Counters of network interfaces.', netdevs(read('net/dev'))),
    gauge('kata_guest_diskstat', 'Counters of disks.', disks(read('diskstats'))),
    gauge('kata_agent_threads', 'Threads of the agent.', threads(procDir)),
    gauge('kata_agent_total_rss', 'Resident memory of the agent, in bytes.', agentRss(read('self/status'))),
    gauge('kata_agent_scrape_count', 'How often the metrics were asked for.', [[{}, scrapes]]),
  ].join('');
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

/** Names of interfaces and disks are the guest's kernel's; quotes and backslashes are escaped all the same. */
function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${value.replace(/["\\]/g, '\\$&')}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function load(text: string): readonly Sample[] {
  return named(['load1', 'load5', 'load15'], text.split(' '));
}

function tasks(text: string): readonly Sample[] {
  return named(['cur', 'max'], (text.split(' ')[3] ?? '').split('/'));
}

const cpuItems = [
  'user',
  'nice',
  'system',
  'idle',
  'iowait',
  'irq',
  'softirq',
  'steal',
  'guest',
  'guest_nice',
];

function cpuTimes(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('cpu'))
    .flatMap((line) => {
      const [cpu = '', ...times] = line.split(/ +/);
      return named(cpuItems, times, { cpu: cpu === 'cpu' ? 'total' : cpu.slice('cpu'.length) });
    });
}

/** Lines of a name and a number, as `nr_free_pages 12` and `MemTotal:  12 kB`. */
function table(text: string, unit: number): readonly Sample[] {
  return text.split('\n').flatMap((line): Sample[] => {
    const [, name, value, kib] = /^([A-Za-z0-9_()]+):? +([0-9]+)( kB)?$/.exec(line) ?? [];
    if (name === undefined) return [];
    const item = name.replace('(', '_').replace(')', '').toLowerCase();
    return [[{ item }, Number(value) * (kib === undefined ? 1 : unit)]];
  });
}

const counters = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'];
const netItems = [
  ...counters.map((name) => `recv_${name}`),
  ...['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'].map(
    (name) => `sent_${name}`,
  ),
];

function netdevs(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, values = ''] = /^ *([^ :]+): *([0-9 ]+)$/.exec(line) ?? [];
    return name === undefined ? [] : named(netItems, values.split(/ +/), { interface: name });
  });
}

const diskItems = [
  ...['reads', 'reads_merged', 'sectors_read', 'time_reading', 'writes', 'writes_merged', 'sectors_written'],
  ...['time_writing', 'in_progress', 'time_in_progress', 'weighted_time_in_progress'],
];

function disks(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, , disk, ...values] = line.trim().split(/ +/);
    return disk === undefined ? [] : named(diskItems, values, { disk });
  });
}

function threads(procDir: string): readonly Sample[] {
  try {
    return [[{}, readdirSync(`${procDir}/self/task`).length]];
  } catch {
    return [];
  }
}

function agentRss(status: string): readonly Sample[] {
  const kib = /^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1];
  return kib === undefined ? [] : [[{}, Number(kib) * 1024]];
}

/** Values by the names of their columns; columns that are not there, or are no numbers, are left out. */
function named(items: readonly string[], values: readonly string[], labels: Labels = {}): readonly Sample[] {
  return items.flatMap((item, index): Sample[] => {
    const value = values[index];
    return value === undefined || value === '' || Number.isNaN(Number(value))
      ? []
      : [[{ ...labels, item }, Number(value)]];
  });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
