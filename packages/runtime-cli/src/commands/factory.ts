import { setTimeout as delay } from 'node:timers/promises';
import { asBadInput } from '@hako/admission';
import { loadConfiguration, translationQuestion } from '@hako/admission/translation';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import { type SandboxConfig, translate } from '@hako/oci-translate';
import { destroyTemplates, makeTemplate, posixHost, TemplateStore } from '@hako/sandbox';
import { OCI_VERSION } from '@hako/sandbox/state';
import { CliError } from '../cli-error.ts';
import type { GlobalOptions } from '../global-options.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';

const LOOK_AGAIN_MS = 100;

/** Makes the template of sandboxes whose containers ask for nothing in particular, and waits for it. */
export async function factoryInit(options: GlobalOptions): Promise<number> {
  const config = plainSandbox(options);
  const { enableTemplate, templatePath } = config.factory;
  if (!enableTemplate) {
    throw new CliError('host-not-ready', 'templates are off: set enable_template = true in [factory]', {
      facts: {},
    });
  }
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  for (;;) {
    const made = await makeTemplate({
      config,
      store: new TemplateStore(templatePath),
      hypervisor: new QemuHypervisor(),
      host: posixHost(),
      signal: ending.signal,
    });
    if (made.outcome === 'impossible') {
      throw new CliError('host-not-ready', `no template can be made with ${made.why}`, { facts: {} });
    }
    if (made.outcome !== 'busy') {
      print(`${templatePath}/${made.key} ${made.outcome === 'made' ? 'is made' : 'is there already'}\n`);
      return 0;
    }
    await delay(LOOK_AGAIN_MS, undefined, { signal: ending.signal });
  }
}

/** Says what templates there are. */
export async function factoryStatus(
  options: GlobalOptions,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { enableTemplate, templatePath } = factoryOf(options);
  const store = new TemplateStore(templatePath);
  const isBeingMade = store.isBeingMade();
  const failure = store.lastFailure();
  const templates = store.list().map(({ key, record, usedAt, bytes }) => ({
    key,
    madeAt: record.madeAt,
    usedAt: usedAt.toISOString(),
    bytes,
    machine: record.machine,
  }));
  if (json) {
    const all = { enabled: enableTemplate, path: templatePath, templates, isBeingMade, failure };
    print(`${JSON.stringify(all, null, 2)}\n`);
    return 0;
  }
  print(`templates are ${enableTemplate ? 'on' : 'off'}, in ${templatePath}\n`);
  if (templates.length > 0) {
    const rows = templates.map(({ key, bytes, madeAt, usedAt, machine }) => [
      key,
      `${Math.ceil(bytes / 2 ** 20)} MiB`,
      madeAt,
      usedAt,
      machine.join(', '),
    ]);
    print(table([['KEY', 'SIZE', 'MADE', 'USED', 'MACHINE'], ...rows]));
  }
  if (isBeingMade) print('one is being made\n');
  if (failure !== undefined)
    print(`the last one failed at ${failure.at.toISOString()}: ${failure.message}\n`);
  return 0;
}

/** Removes all templates, and all that makers left. */
export async function factoryDestroy(options: GlobalOptions): Promise<number> {
  const { templatePath } = factoryOf(options);
  const count = await destroyTemplates(new TemplateStore(templatePath), posixHost());
  print(`${count} ${count === 1 ? 'template' : 'templates'} removed from ${templatePath}\n`);
  return 0;
}

function factoryOf(options: GlobalOptions): SandboxConfig['factory'] {
  try {
    return loadConfiguration(options).config.factory;
  } catch (error) {
    throw asBadInput(error);
  }
}

/** The sandbox of a container without annotations and limits. */
function plainSandbox(options: GlobalOptions): SandboxConfig {
  try {
    const { input } = translationQuestion(
      {
        spec: {
          ociVersion: OCI_VERSION,
          process: { user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/' },
          root: { path: '/' },
        },
        specFile: 'the template',
        bundlePath: '/',
        containerId: 'template',
      },
      options,
    );
    return translate(input).sandbox;
  } catch (error) {
    throw asBadInput(error);
  }
}
