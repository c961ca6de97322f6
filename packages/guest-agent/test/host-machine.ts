import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { LinuxMachine, type Spawn } from '../src/system/linux-machine.ts';
import { Reaper } from '../src/system/reaper.ts';
import { koffiLibc } from './koffi-libc.ts';
import { SigioPoller } from './sigio-poller.ts';

const PR_SET_CHILD_SUBREAPER = 36;

const nodeSpawn: Spawn = ({ args, stdio }) => {
  const [program = '', ...rest] = args;
  const child = spawn(program, rest, {
    stdio: [...(stdio ?? (['ignore', 'ignore', 'ignore'] as const))],
    env: { ...process.env, PATH: `${join(import.meta.dirname, 'bin')}:${process.env.PATH ?? ''}` },
  });
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 128));
    child.once('error', () => resolve(127));
  });
  return { pid: child.pid ?? 0, exited };
};

/** The host as the machine of an agent under test: real pipes, real crun, adopted orphans. */
export function hostMachine(): LinuxMachine {
  return hostParts().machine;
}

/** The same with what it is made of: a process has one poller. */
export function hostParts() {
  const libc = koffiLibc();
  libc.prctl(PR_SET_CHILD_SUBREAPER, 1);
  const poller = new SigioPoller(libc);
  const machine = new LinuxMachine({ libc, poller, reaper: new Reaper(libc), spawn: nodeSpawn });
  return { libc, poller, machine };
}
