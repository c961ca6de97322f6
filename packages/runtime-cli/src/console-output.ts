/** The byte that announces a message of the agent in what its debug console writes; see guest-agent/debug-console.ts. */
const ESCAPE = 4;

/** Takes the shell's output out of what comes from the debug console's port, piece by piece. */
export class ConsoleOutput {
  #escaped = false;

  /** @returns what the shell wrote, and whether it has ended; what comes after is the next shell's */
  take(piece: Uint8Array): { readonly output: Uint8Array; readonly ended: boolean } {
    const output: number[] = [];
    for (const byte of piece) {
      if (!this.#escaped && byte === ESCAPE) {
        this.#escaped = true;
        continue;
      }
      // The guest's words: whatever follows, other than the byte itself, is the end.
      if (this.#escaped && byte !== ESCAPE) return { output: Uint8Array.from(output), ended: true };
      this.#escaped = false;
      output.push(byte);
    }
    return { output: Uint8Array.from(output), ended: false };
  }
}
