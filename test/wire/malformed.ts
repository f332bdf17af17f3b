import type { MalformedVector } from './make-vectors.js'

/** Bytes that are no frame, written by hand from FRAME.md, so that they do not lean on the encoder. */

/** Boot 3, seq 4711, start 2026-01-01T00:00:00Z. */
export const HEAD = '03 e724 6955b900'
/** One sample of quantity 1, whose value is 0: code 1 000000000, six bits of filling. */
const ONE = `10 ${HEAD} 01 01 02 8000`

function malformed(name: string, error: MalformedVector['error'], hex: string): MalformedVector {
  return { name, hex: hex.replaceAll(' ', ''), error }
}

/** Hex of `header` and the bits behind it, filled with zeros. */
export function body(header: string, bits: string): string {
  const digits = bits.replaceAll(' ', '')
  const whole = digits.padEnd(8 * Math.ceil(digits.length / 8), '0')
  return (
    header + (whole.match(/.{8}/g) ?? []).map((byte) => hexByte(Number.parseInt(byte, 2))).join('')
  )
}

const hexByte = (value: number) => value.toString(16).padStart(2, '0')

/** The value 0 as a first value, and two models: Rice with k = 0 of first differences, constant. */
const ZERO = '1000000000'
const RICE_0 = '000000'
const CONSTANT = '111111'

export const MALFORMED: MalformedVector[] = [
  malformed('nothing', 'truncated', ''),
  malformed('the first byte only', 'truncated', '10'),
  malformed('ends inside the start time', 'truncated', '10 03 e724 6955'),
  malformed('ends inside a value', 'truncated', ONE.slice(0, -2)),
  malformed('trailer longer than the frame', 'truncated', '14 00112233'),
  malformed('trailer cuts into the body', 'truncated', `14 ${HEAD} 01 01 02 8000 0011223344`),
  malformed('zeros without end', 'truncated', `10 ${HEAD} 01 01 02 00000000`),
  malformed('1,025 bytes', 'too-long', `${ONE}${'00'.repeat(1025 - 12)}`),
  malformed('version 0', 'unknown-version', `00${ONE.slice(2)}`),
  malformed('version 2', 'unknown-version', `20${ONE.slice(2)}`),
  malformed('text', 'unknown-version', '7b2274656d70223a32352e38327d'),
  malformed('number longer than needed', 'bad-number', '10 8300 e724 6955b900 01 01 02 8000'),
  malformed('number of 2^31', 'bad-number', '10 8080808008 e724 6955b900 01 01 02 8000'),
  malformed('number without end', 'bad-number', '10 ffffffffff ff24 6955b900 01 01 02 8000'),
  malformed('no sample', 'no-samples', `10 ${HEAD} 00 01 02 8000`),
  malformed('no channel', 'bad-channels', `10 ${HEAD} 01 00 02 8000`),
  malformed('65 channels', 'bad-channels', `10 ${HEAD} 01 41 02 8000`),
  malformed('position 16', 'bad-channels', `10 ${HEAD} 01 01 03 10 8000`),
  malformed('seventeenth position in a row', 'bad-channels', `10 ${HEAD} 01 02 03 0f 00 8000`),
  malformed('position not ascending', 'bad-channels', `10 ${HEAD} 01 02 03 05 01 05 8000`),
  malformed('quantity 0', 'unknown-quantity', `10 ${HEAD} 01 01 00 8000`),
  malformed('quantity 23', 'unknown-quantity', `10 ${HEAD} 01 01 2e 8000`),
  malformed('quantity of 30 bits', 'unknown-quantity', `10 ${HEAD} 01 01 feffffff07 8000`),
  malformed('set 127', 'unknown-set', `10 ${HEAD} 01 ff 8000`),
  malformed('interval 0', 'bad-interval', body(`10 ${HEAD} 02 01 02 00`, ZERO + CONSTANT)),
  malformed(
    'interval above 2^30 - 1',
    'bad-interval',
    body(`10 ${HEAD} 02 01 02 feffffff07`, ZERO + CONSTANT),
  ),
  malformed('one irregular sample', 'bad-interval', `12 ${HEAD} 01 01 02 8000`),
  malformed(
    'time past 32 bits',
    'bad-time',
    body('10 03 e724 ffffffff 02 01 02 02', ZERO + CONSTANT),
  ),
  malformed(
    'irregular times that stand still',
    'bad-time',
    body(`12 ${HEAD} 02 01 02`, `1 ${CONSTANT}${ZERO}${CONSTANT}`),
  ),
  malformed(
    'irregular times that go back',
    'bad-time',
    body(`12 ${HEAD} 02 01 02`, `0 ${RICE_0} 01 ${ZERO}${CONSTANT}`),
  ),
  malformed(
    'first value of 33 bits',
    'bad-value',
    body(`10 ${HEAD} 01 01 02`, '0'.repeat(24) + '1'.repeat(34)),
  ),
  malformed(
    'first value just above 32 bits',
    'bad-value',
    body(`10 ${HEAD} 01 01 02`, `${'0'.repeat(23)}1${'0'.repeat(22)}1${'0'.repeat(9)}`),
  ),
  malformed(
    'a sample without value',
    'empty-sample',
    body(`11 ${HEAD} 02 01 02 0a`, `10 10 ${ZERO}`),
  ),
  malformed('a sample of absent channels', 'empty-sample', body(`11 ${HEAD} 01 01 02`, '11')),
  malformed('a byte too many', 'trailing-bytes', `${ONE} 00`),
  malformed('filling not zero', 'not-canonical', `10 ${HEAD} 01 01 02 8001`),
  malformed(
    'a standard set as a list',
    'not-canonical',
    body(`10 ${HEAD} 01 02 e601 02`, ZERO + ZERO),
  ),
  malformed('an expected position spelt out', 'not-canonical', `10 ${HEAD} 01 01 03 00 8000`),
  malformed(
    'whole minutes in seconds',
    'not-canonical',
    body(`10 ${HEAD} 02 01 02 d904`, ZERO + CONSTANT),
  ),
  malformed(
    'irregular whole minutes in seconds',
    'not-canonical',
    body(`12 ${HEAD} 03 01 02`, `0 011100 1 1111000 01 1110000 ${ZERO}${CONSTANT}`),
  ),
  malformed(
    'regular times sent as irregular',
    'not-canonical',
    body(`12 ${HEAD} 02 01 02`, `1 ${RICE_0} 001 ${ZERO}${CONSTANT}`),
  ),
  malformed('gaps announced but none', 'not-canonical', body(`11 ${HEAD} 01 01 02`, `0 ${ZERO}`)),
  malformed(
    'a gap map without a gap',
    'not-canonical',
    body(`11 ${HEAD} 01 01 02`, `10 1 ${ZERO}`),
  ),
  malformed(
    'a gap map without a value',
    'not-canonical',
    body(`11 ${HEAD} 01 02 02 02`, `0 ${ZERO} 10 0`),
  ),
  malformed(
    'equal values by a model that is not constant',
    'not-canonical',
    body(`10 ${HEAD} 02 01 02 0a`, `${ZERO} ${RICE_0} 1`),
  ),
  malformed(
    'a model that costs more',
    'not-canonical',
    body(`10 ${HEAD} 02 01 02 0a`, `${ZERO} 001100 1 010`),
  ),
]
