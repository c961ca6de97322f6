import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('one after the other, also behind one that fails', async () => {
  const turns = new Turns();
  const said: string[] = [];
  const first = Promise.withResolvers<void>();
  const slow = turns.run(async () => {
    await first.promise;
    said.push('slow');
    throw new Error('in vain');
  });
  const quick = turns.run(async () => {
    said.push('quick');
    return 7;
  });
  expect(said).toEqual([]);
  first.resolve();
  await expect(slow).rejects.toThrow('in vain');
  expect(await quick).toBe(7);
  expect(said).toEqual(['slow', 'quick']);
});
