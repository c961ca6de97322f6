/** Version of the OCI runtime specification whose state hako prints and hands to hooks. */
export const OCI_VERSION = '1.3.0';
