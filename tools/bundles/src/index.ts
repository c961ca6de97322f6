export { type BundleOptions, writeBundle } from './bundle.ts';
export { makeBusyboxRootfs } from './busybox-rootfs.ts';
export { makeDebianRootfs } from './debian-rootfs.ts';
