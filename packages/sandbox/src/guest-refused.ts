import { sandboxError } from './sandbox-error.ts';

/** Awaits an agent call; its failure becomes a SandboxError that keeps the guest's words (already made printable). */
export async function guestRefused<T>(call: Promise<T>, what: string, containerId: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw sandboxError('guest-refused', `${what} failed: ${message}`, { id: containerId }, error);
  }
}
