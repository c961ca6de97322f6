/**
 * Metadata of OnlineCPUMem for hako's agent, which says the size that the guest is to have then: the agent waits until what is
 * new has appeared. Kata's agent does not know it, and goes by the message.
 */

/** vCPUs that are to be online; the last ones beyond them are taken offline. */
export const ONLINE_VCPUS_KEY = 'io.hako.online-vcpus';
/** Memory that is to be online beside what the machine was started with. MiB. */
export const ADDED_MEMORY_KEY = 'io.hako.added-memory-mib';
