import { readdirSync, readlinkSync } from 'node:fs';
import { defineCommand, defineUncheckedCommand, type QmpClient } from '@hako/qmp';
import { list, record, text, unknown } from '@hako/shape';
import type { QemuMachine } from '../src/index.ts';

const entries = list(record(unknown));
const monitor = defineCommand('human-monitor-command', text);
const qomList = defineCommand('qom-list', entries);

/** The answers by which QEMU says what it has of what can be plugged, without what changes by itself. */
const questions: Readonly<Record<string, (qmp: QmpClient) => Promise<unknown>>> = {
  'query-block': ask('query-block'),
  'query-named-block-nodes': ask('query-named-block-nodes'),
  'query-block-jobs': ask('query-block-jobs'),
  'query-memory-devices': ask('query-memory-devices'),
  'query-memdev': ask('query-memdev'),
  'query-hotpluggable-cpus': ask('query-hotpluggable-cpus'),
  'query-chardev': ask('query-chardev'),
  'query-fdsets': ask('query-fdsets'),
  netdevs: (qmp) => qmp.execute(monitor, { 'command-line': 'info network' }),
  objects: (qmp) => namesBelow(qmp, '/objects'),
  devices: (qmp) => namesBelow(qmp, '/machine/peripheral'),
  // The ranges of bridges are the guest's.
  'query-pci': async (qmp) =>
    (await qmp.execute(defineCommand('query-pci', entries), undefined)).flatMap(({ bus, devices }) =>
      slotsOf(String(bus), devices),
    ),
};

/** What one QEMU has, for comparison with what it has later; and how many descriptors it and this process hold. */
export async function inventory({ qmp, vmmPid }: QemuMachine): Promise<Readonly<Record<string, unknown>>> {
  const answers: Record<string, unknown> = {};
  for (const [name, question] of Object.entries(questions)) answers[name] = await question(qmp);
  return { ...answers, 'files of QEMU': filesOf(vmmPid), 'files of hako': filesOf(process.pid) };
}

function ask(name: string): (qmp: QmpClient) => Promise<unknown> {
  return (qmp) => qmp.execute(defineUncheckedCommand<object, unknown>(name, unknown), {});
}

/** In no order of QEMU's, which changes. */
async function namesBelow(qmp: QmpClient, path: string): Promise<readonly string[]> {
  const found = await qmp.execute(qomList, { path });
  return found.map(({ name, type }) => `${String(name)}: ${String(type)}`).sort();
}

/** `bus/slot/name` of each device, those behind bridges too. */
function slotsOf(bus: string, devices: unknown): string[] {
  return (devices as readonly Readonly<Record<string, unknown>>[]).flatMap((device) => {
    const behind = device.pci_bridge as { readonly bus: { number: number }; readonly devices?: unknown };
    return [
      `${bus}/${String(device.slot)}/${String(device.qdev_id)}`,
      ...(behind?.devices === undefined ? [] : slotsOf(String(behind.bus.number), behind.devices)),
    ];
  });
}

function filesOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .flatMap((fd) => {
      try {
        return [readlinkSync(`${folder}/${fd}`).replace(/\d+/g, 'N')];
      } catch {
        // The one by which the folder is read.
        return [];
      }
    })
    .sort();
}
