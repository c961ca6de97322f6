import { native } from './native.ts';
import { syscall } from './syscall.ts';
import { arch } from './syscall-numbers.ts';
import { checked } from './system-error.ts';
import { msToNextTimer, runDueTimers, timersKeepAlive } from './timers.ts';
import { tell, uncaught } from './uncaught.ts';

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLRDHUP = 0x2000;
const EPOLLET = 0x8000_0000;

/** Events of epoll(7). The last two are told whether asked for or not. */
export const readiness = { in: 1, out: 4, error: 8, hangUp: 16 } as const;

/** struct epoll_event is packed on x86-64 only. */
const eventBytes = arch === 'x64' ? 12 : 16;
const dataOffset = arch === 'x64' ? 4 : 8;
const maxEvents = 64;

const watched = new Map<number, (events: number) => void>();
/** Descriptors that the program does not wait for. */
const unwaited = new Set<number>();
let epollFd = -1;

/**
 * Calls `ready` each time something has changed about a descriptor (edge-triggered: reading and writing are to be tried
 * first, and until they say EAGAIN). Keeps the program alive, unless told otherwise. The answer ends it, and must be
 * called before the descriptor is closed. Throws SystemError, EPERM for a regular file.
 */
export function watchDescriptor(
  fd: number,
  ready: (events: number) => void,
  options: { readonly keepAlive?: boolean } = {},
): () => void {
  if (epollFd < 0) epollFd = checked(syscall('epoll_create1', EPOLL_CLOEXEC), 'epoll_create1');
  const event = new DataView(new ArrayBuffer(eventBytes));
  event.setUint32(0, readiness.in | readiness.out | EPOLLRDHUP | EPOLLET, true);
  event.setInt32(dataOffset, fd, true);
  checked(syscall('epoll_ctl', epollFd, EPOLL_CTL_ADD, fd, event.buffer), 'epoll_ctl');
  watched.set(fd, ready);
  if (options.keepAlive === false) unwaited.add(fd);
  return () => {
    if (watched.get(fd) !== ready) return;
    watched.delete(fd);
    unwaited.delete(fd);
    syscall('epoll_ctl', epollFd, EPOLL_CTL_DEL, fd, null);
  };
}

/** Runs callbacks until nothing can bring another one; answers the exit status. */
export function runLoop(): number {
  const events = new DataView(new ArrayBuffer(eventBytes * maxEvents));
  settle();
  while (watched.size > unwaited.size || timersKeepAlive()) {
    const count = waitForEvents(events);
    for (let index = 0; index < count; index++) {
      const fd = events.getInt32(index * eventBytes + dataOffset, true);
      const happened = events.getUint32(index * eventBytes, true);
      const ready = watched.get(fd);
      if (ready !== undefined) run(() => ready(happened));
    }
    runDueTimers(run);
  }
  return 0;
}

function waitForEvents(events: DataView): number {
  const waitMs = msToNextTimer();
  if (epollFd < 0) epollFd = checked(syscall('epoll_create1', EPOLL_CLOEXEC), 'epoll_create1');
  const timeout = waitMs === undefined ? -1 : Math.min(Math.ceil(waitMs), 0x7fff_ffff);
  return checked(syscall('epoll_pwait', epollFd, events.buffer, maxEvents, timeout, null, 8), 'epoll_pwait');
}

/** One callback, and all promise reactions that follow from it. */
function run(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    uncaught(error);
  }
  settle();
}

function settle(): void {
  for (;;) {
    try {
      native.runJobs();
      if (!tell()) return;
    } catch (error) {
      uncaught(error);
    }
  }
}
