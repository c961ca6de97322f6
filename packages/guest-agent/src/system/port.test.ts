import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { portNamed } from './port.ts';

test('finds the port by its name', () => {
  const sysDir = mkdtempSync(join(tmpdir(), 'port-'));
  onTestFinished(() => rmSync(sysDir, { recursive: true }));
  for (const [device, name] of [
    ['vport0p1', 'other'],
    ['vport2p3', 'agent.channel.0'],
  ] as const) {
    mkdirSync(join(sysDir, 'class/virtio-ports', device), { recursive: true });
    writeFileSync(join(sysDir, 'class/virtio-ports', device, 'name'), `${name}\n`);
  }
  expect(portNamed('agent.channel.0', sysDir)).toBe('/dev/vport2p3');
  expect(portNamed('agent.channel.1', sysDir)).toBeUndefined();
});
