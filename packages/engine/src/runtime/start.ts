import { mendLanguage } from './language.ts';
import { native } from './native.ts';
import { runLoop } from './run-loop.ts';
import { ignoreBrokenPipes } from './signals.ts';

// The first module of every program. It is evaluated when the program is compiled, as all are that the program imports.
mendLanguage();
native.run = () => {
  ignoreBrokenPipes();
  native.program();
  return runLoop();
};
