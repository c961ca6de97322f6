import { AgentError } from './agent-error.ts';

/** Port of the agent's API on vsock and hybrid vsock. */
export const agentPort = 1024;

/** Where an agent can be reached from the host. */
export type AgentAddress =
  /** A Unix socket that is the guest's port, as QEMU makes for virtio-serial: `unix:///path`. */
  | { readonly kind: 'unix'; readonly path: string }
  /** A Unix socket of the VMM that connects to any guest port when asked: `hvsock:///path:1024`. */
  | { readonly kind: 'hybrid-vsock'; readonly path: string; readonly port: number }
  /** The host kernel's vsock: `vsock://3:1024`. */
  | { readonly kind: 'vsock'; readonly contextId: number; readonly port: number };

/**
 * Reads an address as Kata writes it: `vsock://CID:PORT`, `hvsock://PATH:PORT`, `remote:PATH`, `mock://PATH`, and
 * `unix://PATH` for a virtio-serial port.
 * @throws AgentError `invalid-argument`
 */
export function parseAgentAddress(text: string): AgentAddress {
  const unix = /^(?:unix:\/\/|mock:\/\/|remote:)(\/.*)$/s.exec(text);
  if (unix?.[1] !== undefined) return { kind: 'unix', path: checkedPath(unix[1], text) };
  const hybrid = /^hvsock:\/\/(\/.*):(\d+)$/s.exec(text);
  if (hybrid?.[1] !== undefined) {
    return { kind: 'hybrid-vsock', path: checkedPath(hybrid[1], text), port: checkedNumber(hybrid[2], text) };
  }
  const vsock = /^vsock:\/\/(\d+):(\d+)$/.exec(text);
  if (vsock !== null) {
    return { kind: 'vsock', contextId: checkedNumber(vsock[1], text), port: checkedNumber(vsock[2], text) };
  }
  throw invalid(
    text,
    'is none of unix://PATH, hvsock://PATH:PORT, vsock://CID:PORT, remote:PATH, mock://PATH',
  );
}

/** An address in the form that parseAgentAddress reads. */
export function formatAgentAddress(address: AgentAddress): string {
  switch (address.kind) {
    case 'unix':
      return `unix://${address.path}`;
    case 'hybrid-vsock':
      return `hvsock://${address.path}:${address.port}`;
    case 'vsock':
      return `vsock://${address.contextId}:${address.port}`;
  }
}

/** A longer path does not fit the kernel's address, and would be cut without a word. */
const maxSocketPathBytes = 107;

function checkedPath(path: string, text: string): string {
  if (path.includes('\0')) throw invalid(text, 'has a zero byte in its path');
  if (new TextEncoder().encode(path).length > maxSocketPathBytes) {
    throw invalid(text, `has a path over ${maxSocketPathBytes} bytes`);
  }
  return path;
}

function checkedNumber(digits: string | undefined, text: string): number {
  const number = Number(digits);
  if (!(number < 0xffffffff)) throw invalid(text, 'has a number that is over 32 bits');
  return number;
}

function invalid(text: string, rule: string): AgentError {
  return new AgentError('invalid-argument', `agent address ${JSON.stringify(text.slice(0, 200))} ${rule}`, {
    facts: { address: text, origin: 'local' },
  });
}
