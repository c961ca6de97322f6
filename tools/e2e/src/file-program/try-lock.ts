import { ask, call } from './kernel.ts';

const O_RDWR = 2;
const LOCK_EX_NB = 2 | 4;
const EAGAIN = 11;

/** Whether a file can be locked at this moment (flock), or another holds it. */
export function tryLock(path: string): 'free' | 'held' {
  const fd = call('open', path, O_RDWR, 0);
  const answer = ask('flock', fd, LOCK_EX_NB);
  call('close', fd);
  if (answer < 0 && answer !== -EAGAIN) throw new Error(`flock: ${-answer}`);
  return answer < 0 ? 'held' : 'free';
}
