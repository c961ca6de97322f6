import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataBytesOf, encodeFrame, FrameType, headerBytes } from './frame.ts';
import { Request, requestPayloadTag } from './messages.ts';

const empty = new Uint8Array(0);

test('a frame is its header, then a message that reads as one', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.uint8Array({ maxLength: 300 }),
      fc.bigInt({ min: 0n, max: 1n << 62n }),
      (service, payload, timeoutNano) => {
        const frame = encodeFrame(
          7,
          FrameType.request,
          Request.encode({ service }),
          requestPayloadTag,
          payload,
          Request.encode({ timeoutNano }),
        );
        expect([...frame.subarray(4, headerBytes)]).toEqual([0, 0, 0, 7, 1, 0]);
        expect(Buffer.from(frame).readUInt32BE(0)).toBe(dataBytesOf(frame));
        expect(Request.decode(frame.subarray(headerBytes))).toEqual(
          Request.create({ service, payload, timeoutNano }),
        );
      },
    ),
  );
});

test('the bytes of a small call, as written in the protocol', () => {
  const head = Request.encode({ service: 's', method: 'M' });
  const frame = encodeFrame(1, FrameType.request, head, requestPayloadTag, Uint8Array.of(9), empty);
  expect(Buffer.from(frame).toString('hex')).toBe('0000000900000001010' + '00a017312014d1a0109');
});

test('nothing to say is a frame without data', () => {
  expect(encodeFrame(3, FrameType.response, empty, 0x12, empty, empty)).toEqual(
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3, 2, 0),
  );
});
