import { expect, test } from 'vitest';
import { ScsiUnits } from './scsi-units.ts';

test('256 units in each target; a place that was given back is taken next', () => {
  const units = new ScsiUnits();
  const all = Array.from({ length: 258 }, (_, index) => units.take(`d${index}`));
  expect(all[0]).toEqual({ target: 0, lun: 0 });
  expect(all[257]).toEqual({ target: 1, lun: 1 });
  units.release('d3');
  expect(units.take('new')).toEqual({ target: 0, lun: 3 });
});
