/** Name of the tap behind an endpoint: from its index, so that it is short enough and nobody else's. */
export function tapName(endpointIndex: number): string {
  return `htap${endpointIndex}`;
}

/** Name of the device through which an endpoint's inbound traffic is shaped where the tap itself cannot. */
export function ifbName(endpointIndex: number): string {
  return `hifb${endpointIndex}`;
}

/** True for links that hako makes in namespaces. */
export function isOwnLink(name: string): boolean {
  return /^(htap|hifb)[0-9]+$/.test(name);
}
