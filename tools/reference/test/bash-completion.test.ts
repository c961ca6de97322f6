import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../../docs/reference/hako.bash', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  mkdirSync(join(folder, 'bundle'));
  writeFileSync(join(folder, 'file.toml'), '');
  // Stands for hako where the completion asks for the containers there are.
  writeFileSync(
    join(folder, 'hako'),
    '#!/bin/sh\n[ "$*" = "--root /r list --quiet" ] && echo other-root || echo one two\n',
  );
  chmodSync(join(folder, 'hako'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last of the words. */
function complete(...words: string[]): string[] {
  const output = execFileSync(
    'bash',
    [
      '--norc',
      '-c',
      'exec 2>&1; source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hako; printf "%s\\n" "${COMPREPLY[@]}"',
      script,
      'hako',
      ...words,
    ],
    { cwd: folder, encoding: 'utf8', env: { PATH: `${folder}:/usr/bin:/bin` } },
  );
  return output.split('\n').filter((line) => line !== '');
}

test.each<[string[], string[]]>([
  [['sta'], ['start', 'state', 'stats']],
  [
    ['config', ''],
    ['show', 'check', 'init'],
  ],
  [['--root', '/r', 'config', 's'], ['show']],
  [['run', '--b'], ['--bundle']],
  [['run', '--bundle', ''], ['bundle']],
  [['--config', 'fi'], ['file.toml']],
  [
    ['--log-format', ''],
    ['text', 'json'],
  ],
  [['--log-format', '=', 'j'], ['json']],
  [
    ['kill', ''],
    ['one', 'two'],
  ],
  [['kill', 'one', ''], []],
  [['run', ''], []],
  [['version', ''], []],
  [['--root', '/r', 'state', ''], ['other-root']],
  [['config', 'check', 'file.toml', 'b'], ['bundle']],
  [['config', 'show', 'hypervisor.qemu.default_v'], ['hypervisor.qemu.default_vcpus']],
  [
    ['explain', '-a', 'io.katacontainers.config.hypervisor.default_v'],
    ['io.katacontainers.config.hypervisor.default_vcpus='],
  ],
  [['explain', '-a', 'io.katacontainers.config.hypervisor.machine_type', '=', 'p'], ['pc']],
  [
    ['explain', '--annotation', 'io.katacontainers.config.hypervisor.enable_iommu', '='],
    ['true', 'false'],
  ],
])('hako %j: %j', (words, offered) => {
  expect(complete(...words)).toEqual(offered);
});
