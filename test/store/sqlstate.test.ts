import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import { isBroken, isCollision, toAppError } from '../../ingest/store/sqlstate.js'
import { suite } from '../suite.js'

const spoken = (code: string) => Object.assign(new Error(`database said ${code}`), { code })

suite('store: classes of errors', (test) => {
  test('what the database cannot do for now is temporary', () => {
    for (const code of ['08006', '53100', '53300', '57P01', '57P03', '57014', '58030', '25006']) {
      const error = toAppError(spoken(code))
      assert.is(error.code, 'STORE_BUSY', code)
      assert.is(error.temporary, true, code)
    }
  })

  test('bad data, broken constraints and bad statements are permanent', () => {
    for (const code of ['22P02', '22003', '23505', '23503', '42601', '42P01', 'XX000']) {
      const error = toAppError(spoken(code))
      assert.is(error.code, 'STORE_REFUSED', code)
      assert.is(error.temporary, false, code)
    }
  })

  test('a connection that fails is temporary and not used again', () => {
    const errors = [
      spoken('ECONNREFUSED'),
      spoken('ECONNRESET'),
      spoken('57P01'),
      new Error('Connection terminated unexpectedly'),
      new Error('timeout exceeded when trying to connect'),
      new Error('Query read timeout'),
    ]
    for (const error of errors) {
      assert.is(toAppError(error).temporary, true, error.message)
      assert.is(isBroken(error), true, error.message)
    }
    assert.is(isBroken(spoken('23505')), false)
  })

  test('only deadlocks and failed serialisations are repeated at once', () => {
    assert.is(isCollision(toAppError(spoken('40P01'))), true)
    assert.is(isCollision(toAppError(spoken('40001'))), true)
    assert.is(isCollision(toAppError(spoken('57014'))), false)
  })

  test('an error of our own stays itself', () => {
    const error = new AppError('CONFLICT', 'the name is taken')

    assert.is(toAppError(error), error)
  })
})
