import * as assert from 'uvu/assert'
import { formatView, parseView } from '../../ingest/web/view.js'
import { suite } from '../suite.js'

suite('address of a view', (test) => {
  test('an empty address is the list, in Indonesian', () => {
    const view = parseView('')

    assert.is(view.page, 'overview')
    assert.is(view.language, 'id')
    assert.is(view.place, undefined)
    assert.is(view.range, '24h')
    assert.is(formatView(view), '?')
  })

  test('everything that is shown survives being sent as a link', () => {
    const address =
      '?site=meat&quantity=dissolved_oxygen&position=2&node=meat-1&range=30d&resolution=raw&failed=shown&lang=en'

    assert.is(formatView(parseView(address)), address)
    assert.is(formatView(parseView('?page=sign-in&lang=en')), '?page=sign-in&lang=en')
    assert.is(formatView(parseView('?node=balige-1')), '?node=balige-1')
  })

  test('what is not understood is the default', () => {
    const view = parseView('?lang=fr&range=1y&resolution=x&position=-1&page=zzz&site=&failed=1')

    assert.is(formatView(view), '?')
    assert.is(parseView('?position=1.5').position, 0)
    assert.is(parseView('?position=16').position, 0)
  })
})
