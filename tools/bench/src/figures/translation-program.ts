// Compiled by the figure `translation`: translates a typical container once or many times and prints how long it took.
import { parseConfiguration } from '@hako/config';
import { parseSpec } from '@hako/oci-spec';
import { translate } from '@hako/oci-translate';
import { typicalConfiguration, typicalSpec } from './typical-spec.ts';

const specText = JSON.stringify(typicalSpec);

const beforeConfig = performance.now();
const { config, origins } = parseConfiguration(typicalConfiguration, { file: 'configuration.toml' });
const input = {
  bundlePath: '/run/bundle',
  containerId: 'c1',
  config,
  configOrigins: origins,
  host: { numCpus: 8 },
};
const beforeTranslate = performance.now();
translate({ ...input, specText });
const afterTranslate = performance.now();

/** Microseconds per call: the best of many short batches, which a busy machine disturbs least. */
function warm(call: () => void): number {
  const batch = 50;
  for (let count = 0; count < 5000; count++) call();
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 200; count++) {
    const start = performance.now();
    for (let index = 0; index < batch; index++) call();
    best = Math.min(best, performance.now() - start);
  }
  return (best / batch) * 1000;
}

const cold = { configMs: beforeTranslate - beforeConfig, translateMs: afterTranslate - beforeTranslate };
if (process.argv[2] === 'cold') {
  console.log(JSON.stringify(cold));
} else {
  const spec = parseSpec(specText);
  console.log(
    JSON.stringify({
      parsedUs: warm(() => translate({ ...input, spec })),
      textUs: warm(() => translate({ ...input, specText })),
    }),
  );
}
