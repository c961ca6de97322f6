import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('signals wait for the program that the process becomes', () => {
  const at = (name: string): string => JSON.stringify(new URL(`./${name}.ts`, import.meta.url).href);
  const program = `
    import { becomeProgram } from ${at('become-program')};
    import { blockSignals } from ${at('block-signals')};
    blockSignals([10, 15]);
    becomeProgram('/bin/grep', ['grep', '^SigBlk:', '/proc/self/status'], []);
  `;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(BigInt(`0x${said.replace('SigBlk:', '').trim()}`)).toBe((1n << 9n) | (1n << 14n));
});
