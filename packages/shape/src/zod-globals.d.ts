/** zod's own declarations name this global; libraries here are compiled without browser or Node types. */
interface URL {
  readonly href: string;
}
