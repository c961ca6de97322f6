/**
 * Key of the ttRPC metadata of ExecProcess by which hako has its agent start, in place of the process, a connection to that
 * TCP port of the guest's loopback: what is written to stdin is sent, what comes is stdout. The container only lends its
 * name. Other agents pass metadata over, and run the process.
 */
export const FORWARD_PORT_KEY = 'io.hako.forward-port';
