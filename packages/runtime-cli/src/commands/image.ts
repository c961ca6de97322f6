import { asBadInput } from '@hako/admission';
import { loadConfiguration } from '@hako/admission/translation';
import { CliError } from '../cli-error.ts';
import type { GlobalOptions } from '../global-options.ts';
import { checkGuestFiles, type GuestDescription, guestFolder, readGuestDescription } from '../guest-files.ts';
import { print } from '../output.ts';

/** Says what the configured guest is made of, from the manifest that its build left beside it. */
export async function imageShow(
  options: GlobalOptions,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { kernel, image, directory, description } = configuredGuest(options);
  if (json) {
    print(`${JSON.stringify({ kernel, image, ...description }, null, 2)}\n`);
    return 0;
  }
  const lines = [`kernel  ${kernel}`, `image   ${image === '' ? '(none)' : image}`];
  if (description === undefined) lines.push(`${directory} has no manifest: the guest was not built by hako`);
  else {
    lines.push(`made of Linux ${description.kernelRelease} (${description.architecture})`);
    for (const { name, version } of description.packages) lines.push(`        ${name} ${version}`);
  }
  print(`${lines.join('\n')}\n`);
  return 0;
}

/** Compares the guest's files with what the manifest says was built. @throws CliError `host-not-ready` */
export async function imageCheck(options: GlobalOptions): Promise<number> {
  const { directory, description } = configuredGuest(options);
  if (description === undefined) {
    throw notReady(`${directory} has no manifest: nothing to compare the guest with`, directory);
  }
  const problems = await checkGuestFiles(directory, description);
  if (problems.length > 0) throw notReady(problems.join('\n'), directory);
  print(`the files in ${directory} are those that were built\n`);
  return 0;
}

interface ConfiguredGuest {
  readonly kernel: string;
  readonly image: string;
  readonly directory: string;
  readonly description: GuestDescription | undefined;
}

function configuredGuest(options: GlobalOptions): ConfiguredGuest {
  try {
    const { kernel, image } = loadConfiguration(options).config.hypervisor;
    const directory = guestFolder({ kernel, image });
    return { kernel, image, directory, description: readGuestDescription(directory) };
  } catch (error) {
    throw asBadInput(error);
  }
}

function notReady(message: string, path: string): CliError {
  return new CliError('host-not-ready', message, { facts: { path } });
}
