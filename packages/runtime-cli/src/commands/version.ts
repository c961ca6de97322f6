import { OCI_VERSION } from '@hako/sandbox/state';
import { VERSION } from '../version.ts';

/** Version text: name and version first, as `--version` of other runtimes. */
export function versionText(): string {
  return `hako version ${VERSION}\nspec: ${OCI_VERSION}\n`;
}
