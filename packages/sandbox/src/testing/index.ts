export { fakeHost } from './fake-host.ts';
export { FakeMachine } from './fake-machine.ts';
