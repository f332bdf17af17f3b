import * as assert from 'uvu/assert'
import {
  configTopic,
  parseTopic,
  readingsTopic,
  timeAnswerTopic,
  timeQuestionTopic,
} from '../../shared/wire/topics.js'
import { suite } from '../suite.js'

suite('topics', (test) => {
  test('are short and read back', () => {
    assert.is(readingsTopic('balige-01'), 'toba/balige-01/r')
    assert.equal(parseTopic(readingsTopic('balige-01')), { node: 'balige-01', kind: 'r' })
    assert.equal(parseTopic(configTopic('balige-01')), { node: 'balige-01', kind: 'c' })
    assert.equal(parseTopic(timeQuestionTopic('balige-01')), { node: 'balige-01', kind: 'q' })
    assert.equal(parseTopic(timeAnswerTopic('balige-01')), { node: 'balige-01', kind: 't' })
  })

  const foreign = [
    '',
    'toba',
    'toba/balige-01',
    'toba/balige-01/x',
    'toba/balige-01/r/',
    'toba/+/r',
    'toba/#',
    'toba/ab/r',
    'toba/Balige/r',
    'tobA/balige-01/r',
    '/toba/balige-01/r',
    '$SYS/uptime',
    `toba/${'a'.repeat(33)}/r`,
    'toba/balige-01\n/r',
  ]
  for (const topic of foreign) {
    test(`${JSON.stringify(topic)} is none of ours`, () => {
      assert.is(parseTopic(topic), undefined)
    })
  }
})
