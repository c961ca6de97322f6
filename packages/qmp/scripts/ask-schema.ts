import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { list, object, text, unknown } from '@hako/shape';
import { defineCommand, QmpClient } from '../src/index.ts';
import type { SchemaInfo } from './schema-types.ts';

/** What QEMU says of its own monitor. */
export interface AskedSchema {
  /** `7.2.22`. */
  readonly version: string;
  readonly schema: readonly SchemaInfo[];
}

const entry = object<Pick<SchemaInfo, 'name' | 'meta-type'>>(
  { name: text, 'meta-type': unknown as never },
  { name: true, 'meta-type': true },
);

/** Starts a QEMU without a machine, asks for its schema and ends it. */
export async function askSchema(program: string): Promise<AskedSchema> {
  const qemu = spawn(program, ['-M', 'none', '-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => qemu.once('close', resolve));
  try {
    const client = await QmpClient.connect(Duplex.from({ readable: qemu.stdout, writable: qemu.stdin }), {
      timeoutMs: 60_000,
    });
    const { major, minor, micro } = client.version;
    const schema = await client.execute(defineCommand('query-qmp-schema', list(entry)));
    client.close();
    return { version: [major, minor, micro].join('.'), schema: schema as readonly SchemaInfo[] };
  } finally {
    qemu.kill('SIGKILL');
    await gone;
  }
}
