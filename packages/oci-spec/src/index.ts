export type { Spec } from './spec.ts';
