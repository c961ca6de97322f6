// The executable that containerd calls, and the process that serves it.
export { type ServeBundlesOptions, serveBundles } from './containerd/serve-bundles.ts';
export { type ShimProgram, shimCommand } from './containerd/shim-command.ts';
