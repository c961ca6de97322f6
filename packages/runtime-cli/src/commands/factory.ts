import { setTimeout as delay } from 'node:timers/promises';
import { asBadInput } from '@hako/admission';
import { loadConfiguration, translationQuestion } from '@hako/admission/translation';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import { type SandboxConfig, translate } from '@hako/oci-translate';
import { destroyTemplates, makeTemplate, posixHost, TemplateStore } from '@hako/sandbox';
import { OCI_VERSION } from '@hako/sandbox/state';
import type { CacheStatus } from '@hako/shim';
import { CliError } from '../cli-error.ts';
import type { GlobalOptions } from '../global-options.ts';
import { notice } from '../notice.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';

const LOOK_AGAIN_MS = 100;

/**
 * Makes in advance what the configuration wants, for sandboxes whose containers ask for nothing in particular: the template, and
 * waits for it; and keeps machines ready, until it is ended (as Kata's does with vm_cache_number).
 */
export async function factoryInit(options: GlobalOptions): Promise<number> {
  const config = plainSandbox(options);
  const { enableTemplate, vmCacheNumber, vmCacheEndpoint } = config.factory;
  if (!enableTemplate && vmCacheNumber === 0) {
    const message = 'nothing is made in advance: set enable_template or vm_cache_number in [factory]';
    throw new CliError('host-not-ready', message, { facts: {} });
  }
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  if (enableTemplate) await initTemplate(config, ending.signal);
  if (vmCacheNumber === 0) return 0;
  const { serveCache } = await import('@hako/shim');
  await serveCache({
    config,
    onReady: () => print(`${vmCacheEndpoint}: ${count(vmCacheNumber, 'machine')} kept ready\n`),
    log: notice,
    signal: ending.signal,
  });
  return 0;
}

async function initTemplate(config: SandboxConfig, signal: AbortSignal): Promise<void> {
  const { templatePath } = config.factory;
  for (;;) {
    const made = await makeTemplate({
      config,
      store: new TemplateStore(templatePath),
      hypervisor: new QemuHypervisor(),
      host: posixHost(),
      signal,
    });
    if (made.outcome === 'impossible') {
      throw new CliError('host-not-ready', `no template can be made with ${made.why}`, { facts: {} });
    }
    if (made.outcome !== 'busy') {
      print(`${templatePath}/${made.key} ${made.outcome === 'made' ? 'is made' : 'is there already'}\n`);
      return;
    }
    await delay(LOOK_AGAIN_MS, undefined, { signal });
  }
}

/** Says what templates there are, and what the cache of machines has. */
export async function factoryStatus(
  options: GlobalOptions,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { enableTemplate, templatePath, vmCacheNumber, vmCacheEndpoint } = factoryOf(options);
  const { cacheStatus } = await import('@hako/shim');
  const cache = await cacheStatus(vmCacheEndpoint);
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
    const all = { enabled: enableTemplate, path: templatePath, templates, isBeingMade, failure, cache };
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
  print(describeCache(cache, vmCacheNumber, vmCacheEndpoint));
  return 0;
}

function describeCache(cache: CacheStatus | undefined, wanted: number, endpoint: string): string {
  if (cache === undefined) {
    const why = wanted === 0 ? 'is off' : `is wanted, and not served: run \`hako factory init\``;
    return `the cache of machines ${why}\n`;
  }
  const { ready, making, handedOver, failure } = cache;
  const pids = ready.length === 0 ? '' : ` (processes ${ready.join(', ')})`;
  const line = `${endpoint}: ${ready.length} of ${count(cache.wanted, 'machine')} ready${pids}, ${making} being made, ${handedOver} handed over\n`;
  return failure === '' ? line : `${line}the last one could not be made: ${failure}\n`;
}

/** Ends the cache of machines, removes all templates, and all that makers left. Sandboxes that were made of either go on. */
export async function factoryDestroy(options: GlobalOptions): Promise<number> {
  const { templatePath, vmCacheEndpoint } = factoryOf(options);
  const { endCache } = await import('@hako/shim');
  if (await endCache(vmCacheEndpoint, posixHost()))
    print(`${vmCacheEndpoint}: no machines are kept ready any more\n`);
  const removed = await destroyTemplates(new TemplateStore(templatePath), posixHost());
  print(`${count(removed, 'template')} removed from ${templatePath}\n`);
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

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
