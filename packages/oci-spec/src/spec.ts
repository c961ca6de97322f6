/** Placeholder until the schemas land. */
export interface Spec {
  readonly ociVersion: string;
}
