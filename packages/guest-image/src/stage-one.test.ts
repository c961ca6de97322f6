import { expect, test } from 'vitest';
import { probeProgram, stageOne } from './stage-one.ts';

const text = (program: Uint8Array): string => Buffer.from(program).toString('latin1');

test('stage 1 is a small program that names its modules and the agent', () => {
  const program = stageOne({
    modulePaths: ['/virtio.ko', '/ring.ko'],
    rootPath: '/guest',
    agentPath: '/sbin/hako-agent',
  });
  expect(program.length).toBeLessThan(8192);
  for (const word of ['/virtio.ko', '/ring.ko', '/sbin/hako-agent', 'hako: stage 1: bind the root']) {
    expect(text(program)).toContain(word);
  }
  expect(text(program).indexOf('/virtio.ko')).toBeLessThan(text(program).indexOf('/ring.ko'));
});

test('the probe is smaller still and mounts no image', () => {
  const program = probeProgram(['/virtio.ko']);
  expect(program.length).toBeLessThan(4096);
  expect(text(program)).not.toContain('/dev/vda');
});
