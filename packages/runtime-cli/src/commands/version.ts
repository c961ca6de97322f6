import { VERSION } from '../version.ts';
import { OCI_VERSION } from './state.ts';

/** Version text: name and version first, as `--version` of other runtimes. */
export function versionText(): string {
  return `hako version ${VERSION}\nspec: ${OCI_VERSION}\n`;
}
