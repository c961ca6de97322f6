// The other side of `kubectl port-forward`, as a program that can be run in another network namespace: URL of the stream
// and port. What it reads is sent, what comes is written, and what the runtime has to say of it goes to stderr.
const [url = '', port = ''] = process.argv.slice(2);
/** Of Kubernetes' protocol over a WebSocket, for one port. */
const CHANNELS = { data: 0, error: 1 } as const;

const socket = new WebSocket(`${url.replace(/^http/, 'ws')}?port=${port}`, ['v4.channel.k8s.io']);
socket.binaryType = 'arraybuffer';
const begun = new Set<number>();
socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
  const bytes = new Uint8Array(data as ArrayBuffer);
  const channel = bytes[0] ?? CHANNELS.error;
  // The first message of each channel is the port's number.
  if (!begun.has(channel)) begun.add(channel);
  else (channel === CHANNELS.data ? process.stdout : process.stderr).write(bytes.subarray(1));
});
socket.addEventListener('open', () => {
  process.stdin.on('data', (bytes: Uint8Array) => socket.send(Uint8Array.of(CHANNELS.data, ...bytes)));
});
socket.addEventListener('error', () => {
  process.exitCode = 1;
});
