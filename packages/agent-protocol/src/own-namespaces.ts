/**
 * Key of the ttRPC metadata of CreateContainer by which hako names the namespaces (`ipc`, `uts`, comma separated) that
 * the container has for itself. The protocol has no word for it: an agent gives every container of the sandbox the
 * sandbox's, whatever its spec says. Other agents pass metadata over.
 */
export const OWN_NAMESPACES_KEY = 'io.hako.own-namespaces';
