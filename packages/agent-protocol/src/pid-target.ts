/**
 * Key of the ttRPC metadata of CreateContainer by which hako names the container whose pid namespace is joined. The protocol only
 * knows the sandbox's (`sandbox_pidns`), which is asked for as well: agents that pass metadata over give that one, as with Kata.
 */
export const PID_TARGET_KEY = 'io.hako.pid-target';
