import { DEFAULT_STATE_ROOT } from '@hako/sandbox/stored';

/** What may stand before every command (the global flags of OCI runtimes). */
export interface GlobalOptions {
  /** State root; default /run/hako. Engines may leave it out on some calls, so the default must work. */
  readonly root: string;
  /** File that gets one JSON object (or one line) per error. */
  readonly log?: string;
  readonly logFormat: 'text' | 'json';
  readonly debug: boolean;
  /** configuration.toml to use in place of the search. */
  readonly config?: string;
  /** Unknown keys of the configuration are warnings. */
  readonly lenient?: boolean;
  /** cgroupsPath has the form slice:prefix:name. */
  readonly systemdCgroup: boolean;
  /** crun's choice; `disabled` leaves the sandbox in the caller's cgroup, `systemd` is `systemdCgroup`. */
  readonly cgroupManager: 'cgroupfs' | 'systemd' | 'disabled';
}

/** Values of flags that were not given. */
export const GLOBAL_DEFAULTS: GlobalOptions = {
  root: DEFAULT_STATE_ROOT,
  logFormat: 'text',
  debug: false,
  systemdCgroup: false,
  cgroupManager: 'cgroupfs',
};
