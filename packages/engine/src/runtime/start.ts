import { mendLanguage } from './language.ts';
import { native } from './native.ts';
import { runLoop } from './run-loop.ts';
import { ignoreBrokenPipes } from './signals.ts';

// The first module of every program: its loop runs once all others were evaluated.
mendLanguage();
native.run = runLoop;
ignoreBrokenPipes();
