/** Channels of Kubernetes' remote command protocol over a WebSocket: the first byte of each message. */
const CHANNELS = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4 } as const;

/** What a stream brought until its end. */
export interface StreamResult {
  readonly stdout: string;
  readonly stderr: string;
  /** `Success`, or `Failure` with the exit status. */
  readonly status: { readonly status?: string; readonly message?: string; readonly details?: unknown };
}

/** An Exec or Attach stream at a URL that the runtime gave. */
export class CriStream {
  readonly #socket: WebSocket;
  readonly #opened: Promise<void>;
  readonly #closed: Promise<void>;
  readonly #text = { stdout: '', stderr: '', status: '' };
  #heard: () => void = () => {};

  constructor(url: string) {
    this.#socket = new WebSocket(url.replace(/^http/, 'ws'), ['v4.channel.k8s.io']);
    this.#socket.binaryType = 'arraybuffer';
    this.#opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener('open', () => resolve());
      this.#socket.addEventListener('error', (event) =>
        reject(new Error(`cannot open ${url}`, { cause: event })),
      );
    });
    this.#closed = new Promise((resolve) => {
      this.#socket.addEventListener('close', () => resolve());
    });
    this.#socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      const bytes = new Uint8Array(data as ArrayBuffer);
      const channel = (['stdout', 'stderr', 'status'] as const).find((name) => CHANNELS[name] === bytes[0]);
      if (channel !== undefined) this.#text[channel] += new TextDecoder().decode(bytes.subarray(1));
      this.#heard();
    });
    void this.#closed.then(() => this.#heard());
  }

  async type(text: string): Promise<void> {
    await this.#send(CHANNELS.stdin, text);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#send(CHANNELS.resize, JSON.stringify({ Width: columns, Height: rows }));
  }

  /** Resolves once the output holds a text. Rejects when the stream ends before. */
  async see(text: string): Promise<void> {
    await this.#opened;
    for (;;) {
      if (this.#text.stdout.includes(text)) return;
      if (this.#socket.readyState === WebSocket.CLOSED) {
        throw new Error(`the stream ended without ${JSON.stringify(text)}: ${JSON.stringify(this.#text)}`);
      }
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** All that came, once the other side has closed. */
  async result(): Promise<StreamResult> {
    await this.#opened;
    await this.#closed;
    const { stdout, stderr, status } = this.#text;
    return { stdout, stderr, status: status === '' ? {} : JSON.parse(status) };
  }

  async #send(channel: number, text: string): Promise<void> {
    await this.#opened;
    this.#socket.send(Uint8Array.of(channel, ...new TextEncoder().encode(text)));
  }
}
