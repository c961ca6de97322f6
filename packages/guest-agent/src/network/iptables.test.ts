import { mkdtempSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { RecordingMachine } from '../../test/recording-machine.ts';
import type { Command } from '../system/machine.ts';
import { Iptables } from './iptables.ts';

/** A machine whose programs say what they got on stdin, or fail. */
class EchoMachine extends RecordingMachine {
  status = 0;
  override async run(command: Command): Promise<number> {
    const [stdin = 0, stdout = 1, stderr = 2] = command.stdio ?? [];
    const input = readFileSync(`/proc/self/fd/${stdin}`, 'utf8');
    writeSync(this.status === 0 ? stdout : stderr, `${command.args.join(' ')}\n${input}`);
    return this.status;
  }
}

let machine: EchoMachine;
let dir: string;
let iptables: Iptables;
beforeEach(() => {
  machine = new EchoMachine();
  dir = mkdtempSync(join(tmpdir(), 'iptables-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  iptables = new Iptables(machine, dir);
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('saves and restores by the programs of each family, whose modules are loaded before', async () => {
  expect(text(await iptables.save(false))).toBe('iptables-save\n');
  const rules = new TextEncoder().encode('*filter\nCOMMIT\n');
  expect(text(await iptables.restore(true, rules))).toBe(
    'ip6tables-restore --wait 10 --verbose\n*filter\nCOMMIT\n',
  );
  expect(machine.log).toEqual([
    'image',
    'modules iptable_filter iptable_nat iptable_mangle iptable_raw',
    'image',
    'modules ip6table_filter ip6table_nat ip6table_mangle ip6table_raw',
  ]);
  expect(readdirSync(dir)).toEqual([]);
});

test('what the program says of wrong rules is the error', async () => {
  machine.status = 2;
  await expect(iptables.restore(false, new TextEncoder().encode('nonsense'))).rejects.toMatchObject({
    code: 'internal',
    message: 'iptables-restore: iptables-restore --wait 10 --verbose\nnonsense',
  });
  expect(readdirSync(dir)).toEqual([]);
});
