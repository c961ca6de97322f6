import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { defaultRuntimeConfig } from '@hako/config';
import type { SandboxConfig } from '@hako/oci-translate';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { destroyTemplates, makeTemplate, Sandbox, StateStore, TemplateStore } from '../src/index.ts';
import { fakeHost } from '../src/testing/fake-host.ts';
import { FakeMachine } from '../src/testing/fake-machine.ts';
import { plainTranslation } from '../src/testing/plain-translation.ts';

const key = 'c0ffee00'.repeat(4);
const host = fakeHost();

let folder: string;
let templates: TemplateStore;
let machine: FakeMachine;
let notices: string[];
/** Sandboxes for which somebody was asked to make a template. */
let asked: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-templates-'));
  mkdirSync(join(folder, 'bundle', 'rootfs'), { recursive: true });
  templates = new TemplateStore(join(folder, 'templates'));
  machine = new FakeMachine();
  machine.templates = { key };
  canBeTemplate(machine);
  notices = [];
  asked = [];
});
afterEach(() => vi.restoreAllMocks());
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function translated(id: string) {
  const config = defaultRuntimeConfig();
  const factory = { ...config.factory, enableTemplate: true, templatePath: templates.root };
  return plainTranslation({
    bundlePath: join(folder, 'bundle'),
    containerId: id,
    config: { ...config, factory },
  });
}

function make(config: SandboxConfig) {
  return makeTemplate({ config, store: templates, hypervisor: machine, host });
}

/** Creates a container; answers how its machine was started. */
async function start(id: string): Promise<readonly string[]> {
  const { sandbox: config, container } = translated(id);
  const store = new StateStore(join(folder, 'state'));
  store.reserve(id);
  const sandbox = new Sandbox({
    config,
    store,
    hypervisor: machine,
    host,
    onNotice: (message) => notices.push(message),
    makeTemplate: (wanted) => asked.push(wanted.id),
  });
  machine.launches.length = 0;
  const io = { stdin: undefined, stdout: new PassThrough(), stderr: new PassThrough() };
  try {
    await sandbox.createContainer({ config: container, io: io as never, pid: process.pid });
    return [...machine.launches];
  } finally {
    await sandbox.destroy();
  }
}

test('the first machine boots and has a template made; the next one is a copy that was given what is its own', async () => {
  expect(await start('c1')).toEqual(['boot']);
  expect(asked).toEqual(['c1']);
  machine = copyOf(machine);
  canBeTemplate(machine);
  expect(await make(translated('c1').sandbox)).toEqual({ outcome: 'made', key });
  const once = ['createContainer template', 'startContainer template', 'removeContainer template'];
  const twice = [...once, ...once];
  expect(machine.calls).toEqual(['createSandbox', ...twice, 'save']);
  expect(machine.launches.at(-1)).toBe('save');
  // Nothing but the template and the lock.
  expect(readdirSync(templates.root).toSorted()).toEqual([key, 'lock']);
  expect(await make(translated('c1').sandbox)).toEqual({ outcome: 'there', key });
  machine = copyOf(machine);
  expect(await start('c2')).toEqual(['clone']);
  expect(machine.calls.slice(0, 3).toSorted()).toEqual([
    'createSandbox',
    'reseedRandomDev 512',
    'setGuestDateTime',
  ]);
  expect(machine.calls[2]).toBe('createSandbox');
  expect(asked).toEqual(['c1']);
  expect(notices).toEqual([]);
});

/** Its containers end at once, and print what its clock says. */
function canBeTemplate(fake: FakeMachine, clock: () => number = () => performance.now()): void {
  fake.endsAtOnce.add('template');
  fake.outputs.set('template', () => `${clock() / 1000} 0.00\n`);
}

/** The fake is one machine; the next sandbox has another. */
function copyOf(before: FakeMachine): FakeMachine {
  const next = new FakeMachine();
  next.templates = before.templates;
  return next;
}

/** How a template is spoiled, and what is said of it. */
const spoiled: Readonly<Record<string, { readonly how: () => void; readonly says: string }>> = {
  truncated: { how: () => writeFileSync(inTemplate('memory'), ''), says: '0 bytes, not 5' },
  'without its state': { how: () => rmSync(inTemplate('state')), says: 'ENOENT' },
  'without its record': { how: () => rmSync(inTemplate('template.json')), says: 'ENOENT' },
  'of another version': {
    how: () => writeFileSync(inTemplate('template.json'), '{"version":"2"}'),
    says: 'cannot be used',
  },
  'of another user': {
    how: () => void vi.spyOn(process, 'geteuid').mockReturnValue(4242),
    says: 'must belong to the user that hako runs as',
  },
  'a link': {
    how: () => {
      renameSync(inTemplate('memory'), join(folder, 'memory'));
      symlinkSync(join(folder, 'memory'), inTemplate('memory'));
    },
    says: 'is not a file of ours',
  },
};
const inTemplate = (name: string): string => join(templates.root, key, name);

test.each(Object.entries(spoiled))(
  'a template %s is dropped, told of, and made again; the machine boots',
  async (_name, { how, says }) => {
    await make(translated('c1').sandbox);
    machine = copyOf(machine);
    how();
    expect(await start('c2')).toEqual(['boot']);
    expect(notices).toEqual([expect.stringContaining(says)]);
    expect(existsSync(join(templates.root, key))).toBe(false);
    expect(asked).toEqual(['c2']);
  },
);

test('a template of which no copy can be started, or that goes while one starts, is dropped and told of; the machine boots', async () => {
  await make(translated('c1').sandbox);
  machine = copyOf(machine);
  machine.refusesCopies = true;
  // Somebody else has removed it meanwhile.
  machine.onLaunch = () => rmSync(join(templates.root, key), { recursive: true, force: true });
  expect(await start('c2')).toEqual(['clone', 'boot']);
  expect(notices).toEqual([expect.stringContaining('no copy can be started')]);
  expect(asked).toEqual(['c2']);
});

test('what fails in a step of making is noted, and leaves nothing else; the next start boots and waits with another try', async () => {
  const failing: readonly ((machine: FakeMachine) => void)[] = [
    (fake) => fake.refusals.set('createSandbox', 'no'),
    (fake) => fake.refusals.set('createContainer', 'no'),
    (fake) => fake.refusals.set('removeContainer', 'no'),
    (fake) => (fake.saveFailure = new Error('ENOSPC: no space left on device')),
  ];
  for (const fail of failing) {
    machine = copyOf(machine);
    canBeTemplate(machine);
    fail(machine);
    await expect(make(translated('c1').sandbox)).rejects.toThrow(/no/);
    expect(machine.stopped).toBeGreaterThan(0);
    expect(readdirSync(templates.root).toSorted()).toEqual(['failed', 'lock']);
  }
  machine = copyOf(machine);
  expect(await start('c2')).toEqual(['boot']);
  expect([asked, notices]).toEqual([[], []]);
  // Ten minutes later it is tried again, and also where the clock was set back meanwhile.
  const failed = join(templates.root, 'failed');
  for (const hours of [-1, 1000]) {
    const at = new Date(Date.now() + hours * 3_600_000);
    utimesSync(failed, at, at);
    machine = copyOf(machine);
    await start(`c${hours}`.replace('-', 'm'));
  }
  expect(asked).toEqual(['cm1', 'c1000']);
  machine = copyOf(machine);
  canBeTemplate(machine);
  expect(await make(translated('c1').sandbox)).toEqual({ outcome: 'made', key });
  expect(readdirSync(templates.root).toSorted()).toEqual([key, 'lock']);
});

test('a copy whose agent does not take entropy is none', async () => {
  await make(translated('c1').sandbox);
  machine = copyOf(machine);
  machine.refusals.set('reseedRandomDev', 'no such device');
  await expect(start('c2')).rejects.toThrow();
  expect(machine.launches).toEqual(['clone', 'boot']);
  expect(notices[0]).toContain('no such device');
});

test('what cannot become a template boots and says why, once; a failure is not repeated at once', async () => {
  machine.templates = { obstacle: 'enable_hugepages' };
  expect(await start('c1')).toEqual(['boot']);
  expect(notices).toEqual(['enable_template has no effect with enable_hugepages']);
  expect(await make(translated('c1').sandbox)).toEqual({ outcome: 'impossible', why: 'enable_hugepages' });
  expect(asked).toEqual([]);

  machine = new FakeMachine();
  machine.templates = { key };
  // A guest that counted wrongly at its boot.
  canBeTemplate(machine, () => performance.now() * 1000);
  await expect(make(translated('c1').sandbox)).rejects.toThrow('clock does not go right');
  expect(readdirSync(templates.root).toSorted()).toEqual(['failed', 'lock']);
  machine = copyOf(machine);
  expect(await start('c2')).toEqual(['boot']);
  expect(asked).toEqual([]);
});

test('while one is made nobody else makes one', async () => {
  const lock = templates.tryLock();
  expect(await make(translated('c1').sandbox)).toEqual({ outcome: 'busy', key });
  expect(await start('c1')).toEqual(['boot']);
  expect(asked).toEqual([]);
  lock?.release();
});

test('what a maker left that was killed, in whatever step, is undone by the next one', async () => {
  const place = join(templates.root, 'making');
  const steps: readonly (() => void)[] = [
    () => mkdirSync(join(place, 'vm'), { recursive: true }),
    () => writeFileSync(join(place, 'journal.jsonl'), '{"op":"announce","resource":{"kind":"directory","pa'),
    () => mkdirSync(join(place, 'template')),
    () => writeFileSync(join(place, 'template/memory'), 'half of it'),
    () => writeFileSync(join(place, 'template/state'), 'saved'),
    () => writeFileSync(join(place, 'template/template.json'), '{}'),
  ];
  for (const count of steps.keys()) {
    for (const step of steps.slice(0, count + 1)) step();
    machine = copyOf(machine);
    canBeTemplate(machine);
    expect(await make(translated('c1').sandbox)).toEqual({ outcome: 'made', key });
    expect(readdirSync(templates.root).toSorted()).toEqual([key, 'lock']);
    templates.drop(key);
  }
  // Killed once it was in its place.
  machine = copyOf(machine);
  canBeTemplate(machine);
  await make(translated('c1').sandbox);
  mkdirSync(place);
  expect(await make(translated('c1').sandbox)).toEqual({ outcome: 'there', key });
  expect(readdirSync(templates.root).toSorted()).toEqual([key, 'lock']);
});

test('all templates are removed at once, with what a maker left, and the maker is told to end', async () => {
  expect(await destroyTemplates(templates, host)).toBe(0);
  expect(existsSync(templates.root)).toBe(false);
  await make(translated('c1').sandbox);
  mkdirSync(join(templates.root, 'making', 'template'), { recursive: true });
  // A process that holds the lock until it is told to end.
  const script = `const { TemplateStore } = await import(${JSON.stringify(storeModule)});
    globalThis.lock = new TemplateStore(${JSON.stringify(templates.root)}).tryLock();
    console.log(globalThis.lock === undefined ? 'no lock' : 'locked');
    setInterval(() => {}, 1000);`;
  const maker = spawn(process.execPath, ['--conditions=@hako/source', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(maker, 'exit');
  try {
    expect(String(await once(maker.stdout, 'data'))).toBe('locked\n');
    expect(templates.isBeingMade()).toBe(true);
    expect(templates.maker()?.pid).toBe(maker.pid);
    expect(await destroyTemplates(templates, host)).toBe(1);
  } finally {
    maker.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(existsSync(templates.root)).toBe(false);
});

const storeModule = new URL('../src/templates/template-store.ts', import.meta.url).href;
