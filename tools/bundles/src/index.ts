export { type BundleOptions, writeBundle } from './bundle.ts';
export { makeBusyboxRootfs } from './busybox-rootfs.ts';
export { makeDebianRootfs } from './debian-rootfs.ts';
export { type ImageProcess, writeImageArchive } from './image-archive.ts';
