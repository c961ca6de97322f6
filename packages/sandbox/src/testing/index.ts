export { FakeMachine } from './fake-machine.ts';
