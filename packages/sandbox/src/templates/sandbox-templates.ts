import type { Hypervisor, VmConfig } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import { type StoredTemplate, TemplateStore } from './template-store.ts';

/** A configuration of which no template could be made is not tried again for so long. */
const TRY_AGAIN_AFTER_MS = 10 * 60 * 1000;

export interface SandboxTemplatesOptions {
  readonly config: SandboxConfig;
  readonly hypervisor: Pick<Hypervisor, 'templateKey'>;
  /** Has another process make the template. Default: nobody makes one. */
  readonly make?: (() => void) | undefined;
  readonly notice: (message: string) => void;
  readonly nowMs?: () => number;
}

/** Those of a sandbox; undefined where its configuration wants none. */
export function templatesOf(options: SandboxTemplatesOptions): SandboxTemplates | undefined {
  return options.config.factory.enableTemplate ? new SandboxTemplates(options) : undefined;
}

/**
 * What one sandbox has to do with templates: it starts from the one that is there; where there is none, or a broken one, it boots,
 * and one is made beside it.
 */
export class SandboxTemplates {
  readonly #options: SandboxTemplatesOptions;
  readonly #store: TemplateStore;
  /** Of the template that this machine would start from, but for the want of it. */
  #missing: string | undefined;

  constructor(options: SandboxTemplatesOptions) {
    this.#options = options;
    this.#store = new TemplateStore(options.config.factory.templatePath);
  }

  /** The template to start from. Never rejects: whatever is wrong with templates, the machine can boot. */
  async find(vm: VmConfig): Promise<StoredTemplate | undefined> {
    const { hypervisor, notice } = this.#options;
    try {
      const answer = await hypervisor.templateKey(vm);
      if ('obstacle' in answer) {
        notice(`enable_template has no effect with ${answer.obstacle}`);
        return undefined;
      }
      const { key } = answer;
      this.#missing = key;
      const template = this.#store.find(key);
      if (template === undefined) return undefined;
      this.#missing = undefined;
      this.#store.touch(key);
      return template;
    } catch (error) {
      notice(`the machine boots without a template: ${messageOf(error)}`);
      if (this.#missing !== undefined) this.#drop(this.#missing);
      return undefined;
    }
  }

  /** No machine could be started from it. */
  broken({ key }: StoredTemplate, error: unknown): void {
    this.#options.notice(
      `the template ${key} is dropped and the machine boots without it: ${messageOf(error)}`,
    );
    this.#drop(key);
    this.#missing = key;
  }

  /** The machine has booted: time for the next ones. */
  booted(): void {
    const { make, notice, nowMs = Date.now } = this.#options;
    if (this.#missing === undefined || make === undefined) return;
    try {
      const failure = this.#store.lastFailure();
      // A failure of the future is one before the host's clock was set back.
      const sinceMs = failure === undefined ? Number.NaN : Math.abs(nowMs() - failure.at.getTime());
      const hasFailed = failure?.key === this.#missing && sinceMs < TRY_AGAIN_AFTER_MS;
      if (!hasFailed && !this.#store.isBeingMade()) make();
    } catch (error) {
      notice(`no template is made: ${messageOf(error)}`);
    }
  }

  #drop(key: string): void {
    try {
      this.#store.drop(key);
    } catch {
      // A folder that is not ours; it is not used.
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
