import type { GuestShell } from './guest-shell.ts';

/** In the guest: a bundle of its own, for want of a share. */
const BUNDLE = '/run/by-hand';
/** A terminal takes no longer line than 4096. */
const LINE = 2000;

/** Makes a root file system of the guest's busybox in its memory. Gives its path. */
export async function busyboxRootInGuest(shell: GuestShell): Promise<string> {
  const root = `${BUNDLE}/rootfs`;
  const folders = ['bin', 'dev', 'proc', 'sys', 'tmp'].map((name) => `${root}/${name}`).join(' ');
  await shell.run(`mkdir -p ${folders} && cp "$(readlink -f /proc/$$/exe)" ${root}/bin/busybox`);
  await shell.run(
    `for each in $(busybox --list); do ln -s busybox ${root}/bin/$each 2>/dev/null; done; true`,
  );
  return root;
}

/** Starts a container in the guest, without an agent. */
export async function runByCrun(shell: GuestShell, config: Buffer): Promise<void> {
  const text = config.toString('base64');
  for (let start = 0; start < text.length; start += LINE)
    await shell.run(`printf %s '${text.slice(start, start + LINE)}' >> ${BUNDLE}/text`);
  await shell.run(`base64 -d ${BUNDLE}/text > ${BUNDLE}/config.json`);
  await shell.run(
    `crun run --detach --bundle ${BUNDLE} by-hand </dev/null >${BUNDLE}/said 2>&1 || { cat ${BUNDLE}/said; false; }`,
  );
}
