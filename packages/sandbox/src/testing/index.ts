export { fakeHost } from './fake-host.ts';
export { FakeMachine } from './fake-machine.ts';
export { type PlainTranslationOptions, plainTranslation } from './plain-translation.ts';
