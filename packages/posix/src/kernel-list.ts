/**
 * `0-1,3` as [0, 1, 3]; undefined for what is no such list. The form in which the kernel names CPUs and memory nodes (cpuset(7),
 * "List format").
 */
export function parseKernelList(text: string): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.trim().split(',')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part.trim());
    if (match === null) return undefined;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    for (let number = from; number <= to; number++) numbers.push(number);
  }
  return numbers;
}
