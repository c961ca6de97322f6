// What makes a process stand for a container or an exec: a new one, or the one that asks.
export { type FutureStandIn, prepareStandIn, type StandInLot, type StandInWish } from './become-stand-in.ts';
export type { LentTerminal, Successor } from './stand-in-program.ts';
export { type StandInOptions, type StartedStandIn, startStandIn } from './start-stand-in.ts';
