import { type KeyTable, noEffect, refused } from '../key.ts';
import { count, flag, secondsAsMs, textValue, word, words } from '../values.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const;

/** `[agent.kata]`: the process in the guest that does the work. */
export interface AgentConfig {
  /** Agent at debug level, whatever `logLevel` says. Default `false`. */
  readonly enableDebug: boolean;
  /** What the agent says on the console. Default `'info'`. */
  readonly logLevel: (typeof logLevels)[number];
  /** Agent spans; the VM is then shut down by the agent. Default `false`. */
  readonly enableTracing: boolean;
  /** Modules with parameters to load in the guest. Failure stops the sandbox. Default empty. */
  readonly kernelModules: readonly string[];
  /** Guest shell through the exec command. Default `false`. */
  readonly debugConsoleEnabled: boolean;
  /** Connect limit. Milliseconds (the file has seconds). Default `45000`. */
  readonly dialTimeoutMs: number;
  /** One connect attempt. Milliseconds. Not 0. Default `10`. */
  readonly connectAttemptTimeoutMs: number;
  /** All connect attempts. Milliseconds. Default `3000`. */
  readonly reconnectTimeoutMs: number;
  /** Health check limit. Milliseconds. Default `90000`. */
  readonly healthCheckRequestTimeoutMs: number;
  /** Data hub limit. Milliseconds (the file has seconds). Default `50000`. */
  readonly cdhApiTimeoutMs: number;
  /** Wait for helper sockets; 0 = agent default 6 s. Seconds. Default `0`. */
  readonly launchProcessTimeoutSec: number;
  /** Honour VISIBLE_CDI_DEVICES. Default `false`. */
  readonly visibleCdiDevices: boolean;
  /** Agent vsock port. Default `1024`. */
  readonly serverPort: number;
  /** Log vsock port. Default `1025`. */
  readonly logPort: number;
  /** Passthrough stdio port. Default `1027`. */
  readonly passfdListenerPort: number;
  /** Buffer of each pipe between a process and the agent. Bytes; 0 for the agent's own choice. Default `0`. */
  readonly containerPipeSizeBytes: number;
  /** Agent policy. Default empty. */
  readonly policy: string;
  /** When agent tracing starts. Default `'dynamic'`. */
  readonly traceMode: 'dynamic' | 'static';
  /** How spans join. Default `'isolated'`. */
  readonly traceType: 'isolated' | 'collated';
}

export const agentKeys: KeyTable<AgentConfig> = {
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Agent at debug level: each call on the console, see hako logs.',
  },
  logLevel: {
    toml: 'log_level',
    type: word(logLevels),
    default: 'info',
    lines: ['3.x'],
    meaning: 'What the agent says on the console: calls at debug, more at trace.',
  },
  enableTracing: {
    toml: 'enable_tracing',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Agent spans; the VM is then shut down by the agent.',
    effect: noEffect('the agent makes no spans; hako logs and debug level say what it did, and when'),
  },
  kernelModules: {
    toml: 'kernel_modules',
    type: words,
    default: [],
    lines: ['1.x', '3.x'],
    meaning: 'Modules with parameters to load in the guest.',
    rule: 'failure stops the sandbox',
  },
  debugConsoleEnabled: {
    toml: 'debug_console_enabled',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Shell of the guest on a port of its own: hako console.',
  },
  dialTimeoutMs: {
    toml: 'dial_timeout',
    type: secondsAsMs,
    default: 45000,
    unit: 's',
    lines: ['3.x'],
    meaning: 'Connect limit.',
  },
  connectAttemptTimeoutMs: {
    toml: 'dial_timeout_ms',
    type: count,
    default: 10,
    unit: 'ms',
    lines: ['3.x'],
    meaning: 'One connect attempt.',
    rule: 'not 0',
    effect: noEffect('connecting has one limit, dial_timeout'),
  },
  reconnectTimeoutMs: {
    toml: 'reconnect_timeout_ms',
    type: count,
    default: 3000,
    unit: 'ms',
    lines: ['3.x'],
    meaning: 'All connect attempts.',
    effect: noEffect('connecting has one limit, dial_timeout'),
  },
  healthCheckRequestTimeoutMs: {
    toml: 'health_check_request_timeout_ms',
    type: count,
    default: 90000,
    unit: 'ms',
    lines: ['3.x'],
    meaning: 'Health check limit.',
    effect: noEffect('connecting has one limit, dial_timeout'),
  },
  cdhApiTimeoutMs: {
    toml: 'cdh_api_timeout',
    type: secondsAsMs,
    default: 50000,
    unit: 's',
    lines: ['3.x'],
    aliases: [{ toml: 'cdh_api_timeout_ms', type: count }],
    meaning: 'Data hub limit.',
    effect: noEffect('confidential guests are not supported'),
  },
  launchProcessTimeoutSec: {
    toml: 'launch_process_timeout',
    type: count,
    default: 0,
    unit: 's',
    lines: ['3.x'],
    meaning: 'Wait for helper sockets; 0 = agent default 6 s.',
    effect: noEffect('the agent starts no helpers'),
  },
  visibleCdiDevices: {
    toml: 'visible_cdi_devices',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Honour VISIBLE_CDI_DEVICES.',
    effect: noEffect('devices are those that config.json names, or CDI on the host'),
  },
  serverPort: {
    toml: 'server_port',
    type: count,
    default: 1024,
    lines: ['3.x'],
    meaning: 'Agent vsock port.',
    effect: noEffect('the agent is reached over virtio-serial'),
  },
  logPort: {
    toml: 'log_port',
    type: count,
    default: 1025,
    lines: ['3.x'],
    meaning: 'Log vsock port.',
    effect: noEffect('the agent is reached over virtio-serial'),
  },
  passfdListenerPort: {
    toml: 'passfd_listener_port',
    type: count,
    default: 1027,
    aliases: [{ section: 'runtime', toml: 'passfd_listener_port' }],
    lines: ['3.x'],
    meaning: 'Passthrough stdio port.',
    effect: noEffect('the agent is reached over virtio-serial'),
  },
  containerPipeSizeBytes: {
    toml: 'container_pipe_size',
    type: count,
    default: 0,
    unit: 'bytes',
    lines: ['3.x'],
    meaning: 'Buffer of each pipe between a process and the agent.',
    rule: '0 = 2 MiB',
  },
  policy: {
    toml: 'policy',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'Agent policy.',
    effect: refused(
      'the agent holds the host to no policy, and a guest without it would look like one with it',
    ),
  },
  traceMode: {
    toml: 'trace_mode',
    type: word(['dynamic', 'static']),
    default: 'dynamic',
    lines: ['1.x'],
    meaning: 'When agent tracing starts.',
    effect: noEffect('the agent makes no spans'),
  },
  traceType: {
    toml: 'trace_type',
    type: word(['isolated', 'collated']),
    default: 'isolated',
    lines: ['1.x'],
    meaning: 'How spans join.',
    effect: noEffect('the agent makes no spans'),
  },
};
