import { join } from 'node:path';

const workspace = join(import.meta.dirname, '../../..');

/** The checkout. */
export const projectRoot: string = workspace;

/** The compiled command line. */
export const hakoPath: string = join(workspace, 'dist/bin/hako');
/** The same executable under the name that containerd looks for. */
export const shimPath: string = join(workspace, 'dist/bin/containerd-shim-hako-v2');
/** Kernel and image. */
export const guestFolder: string = join(workspace, 'dist/guest');
/** The installer. */
export const installPath: string = join(workspace, 'tools/install');
/** The configuration that the compiled command line finds by itself. */
export const configurationPath: string = join(workspace, 'dist/etc/hako/configuration.toml');
/** The client of a port-forward, which Node runs from its source. */
export const forwardPortProgram: string = join(import.meta.dirname, 'port-program/main.ts');
