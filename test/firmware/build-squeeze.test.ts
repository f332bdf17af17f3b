import * as assert from 'uvu/assert'
import { pool } from '../../firmware/build/pool.js'
import { terse } from '../../firmware/build/terse.js'
import { unfold } from '../../firmware/build/unfold.js'
import { suite } from '../suite.js'

suite('a script made smaller', (test) => {
  test('hands over no variable under the name that it has anyway', () => {
    assert.is(
      unfold('let v=1;let w=((v,x)=>{let y=v+x;return y})(v,2);'),
      'let v=1;let w=((x)=>{let y=v+x;return y})(2);',
    )
    assert.is(
      unfold('let v=1,w=2;let z=((a,v,w)=>{let y=v+w;return y})(3,v,w);'),
      'let v=1,w=2;let z=((a)=>{let y=v+w;return y})(3);',
    )
    assert.is(
      unfold('let v=1,w=2;let z=((v,w)=>{let y=v+w;return y})(v,w);'),
      'let v=1,w=2;let z=(()=>{let y=v+w;return y})();',
    )
  })

  test('but one that is assigned somewhere, as it may mean something else later', () => {
    for (const kept of [
      'let v=1;(v=>{let w=v;later(()=>v)})(v),v=2;',
      'let v=1;(v=>{let w=v;later(()=>v)})(v),v++;',
      'let v=1;(v=>{v=0;later(v)})(v);',
      'let v=1;(w=>{let x=w;later(x)})(v);',
    ]) {
      assert.is(unfold(kept), kept)
    }
  })

  test('keeps no function for one expression, unless its nothing is used', () => {
    assert.is(unfold('let v=1;let w=(v=>v*2)(v);'), 'let v=1;let w=(v*2);')
    assert.is(unfold('let v=1;(v=>{f(v)})(v),g();'), 'let v=1;(f(v)),g();')
    assert.is(unfold('let v=1;let w=(v=>{f(v)})(v);'), 'let v=1;let w=(()=>{f(v)})();')
  })

  test('says no void where a function gives nothing anyway', () => {
    assert.is(terse('let f=v=>{if(v)return void g();h()};'), 'let f=v=>{if(v)return g();h()};')
    assert.is(
      terse('let f=v=>{if(v)return void g();i(()=>{return 1})};'),
      'let f=v=>{if(v)return g();i(()=>{return 1})};',
    )
    const kept = 'let f=v=>{if(v)return void g();return 7};'
    assert.is(terse(kept), kept)
  })

  test('leaves brackets closed before a name that is said once only', () => {
    const uses = 'f((a+b).measured);f(a.measured);f(b.measured);f(c.measured);'
    assert.is(pool(uses), 'let $undefined,$0="measured";f((a+b)[$0]);f(a[$0]);f(b[$0]);f(c[$0]);')
  })
})
