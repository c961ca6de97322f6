/**
 * `tc` commands that let no more than a rate leave by a link, as Kata's: a class for all traffic of a hierarchical token
 * bucket.
 */
export function shapeCommands(link: string, bitsPerSecond: number): string[] {
  const rate = `rate ${bitsPerSecond}bit ceil ${bitsPerSecond}bit`;
  return [
    `qdisc add dev ${link} root handle 1: htb default 2`,
    `class add dev ${link} parent 1: classid 1:1 htb ${rate}`,
    `class add dev ${link} parent 1:1 classid 1:2 htb ${rate}`,
  ];
}

/** `tc` commands that hand all that arrives at a link to another one, which sends it. */
export function redirectCommands(from: string, to: string): string[] {
  return [
    `qdisc add dev ${from} ingress`,
    // u32 that matches everything: some kernels have no matchall.
    `filter add dev ${from} ingress protocol all u32 match u32 0 0 action mirred egress redirect dev ${to}`,
  ];
}
