/** Version of the agent protocol, as Kata's agent answers it. */
export const protocolVersion = '0.0.1';

/** This agent's own version; a test compares it with package.json. */
export const agentVersion = '0.1.0';
