import { expect, it } from 'vitest';
import { withLine } from './toml-line.ts';

const text = '[hypervisor.qemu]\npath = "a"\nkernel = "b"\n[runtime]\nx = 1\n';

it('replaces a key in its section only', () => {
  expect(withLine(text, 'path = "c"')).toBe(
    '[hypervisor.qemu]\npath = "c"\nkernel = "b"\n[runtime]\nx = 1\n',
  );
});

it('adds a key, and a section that is not there', () => {
  expect(withLine(text, 'y = 2', 'runtime')).toContain('[runtime]\ny = 2\nx = 1');
  expect(withLine(text, 'z = 3', 'agent.kata')).toContain('[agent.kata]\nz = 3');
});
