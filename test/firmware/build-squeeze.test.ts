import * as assert from 'uvu/assert'
import { blocks } from '../../firmware/build/blocks.js'
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

  test('makes a block of a function that is called for nothing', () => {
    assert.is(blocks('f(),(()=>{let v=1;g(v)})(),h();'), 'f();{let v=1;g(v)}h();')
    assert.is(blocks('(v=>{g(v),h(v)})(w);'), '{let v=w;g(v),h(v)};')
    assert.is(blocks('v&&(()=>{let w=1;g(w)})();'), 'if(v){let w=1;g(w)};')
    assert.is(blocks('v||(()=>{let w=1;g(w)})();'), 'if(!(v)){let w=1;g(w)};')
    assert.is(blocks('if(v)(()=>{let w=1;g(w)})();else h();'), 'if(v){{let w=1;g(w)};}else h();')
    assert.is(blocks('(v=>{g(v),h(v)})((f(),w));'), '{let v=(f(),w);g(v),h(v)};')
    assert.is(
      blocks('(()=>{let v=1;(()=>{let w=2;g(v+w)})(),h()})();'),
      '{let v=1;{let w=2;g(v+w)}h()};',
    )
  })

  test('but not where that would change what it means, or cost variables', () => {
    for (const kept of [
      'let v=(()=>{g()})();',
      '(()=>{if(v)return;g()})();',
      '(v=>{g(v)})(v+1);',
      '(()=>{var v=1;g(v)})();',
      '(v=>{let w=1;g(v+w)})(w);',
      '(()=>{let v=1;later(()=>v)})();',
      'f(),(()=>{g()})(),{v:1};',
      'f((()=>{g()})(),1);',
    ]) {
      assert.is(blocks(kept), kept)
    }
    // Whoever is through with a function at once keeps nothing.
    assert.is(blocks('(()=>{let v=1;w.forEach(x=>v+=x)})();'), '{let v=1;w.forEach(x=>v+=x)};')
  })

  test('says no braces where nobody looks at what a function gives', () => {
    assert.is(terse('v.forEach(w=>{f(w)});'), 'v.forEach(w=>f(w));')
    assert.is(terse('setTimeout(()=>{f()},9);'), 'setTimeout(()=>f(),9);')
    assert.is(terse('let f=v=>{w=v};f(1),x&&f(2);'), 'let f=v=>w=v;f(1),x&&f(2);')
    for (const kept of [
      'v.map(w=>{f(w)});',
      'let f=v=>{w=v};g(f(1));',
      'let f=v=>{w=v};g(f);',
      'let f=v=>{w=v};let g=()=>f(1);',
      'let f=v=>{w=v};x=f(1),f(2);',
      'v.forEach(w=>{f(w),g(w)});',
    ]) {
      assert.is(terse(kept), kept)
    }
  })

  test('adds to an element in place, where both are the same one', () => {
    assert.is(terse('v[1]=v[1]+w;'), 'v[1]+=w;')
    assert.is(terse('v[1]=v[1]-(w-x);'), 'v[1]-=(w-x);')
    for (const kept of ['v[1]=v[2]+w;', 'v[1]=w+v[1];', 'v[i()]=v[i()]+w;', 'v[1]=v[1]*w;']) {
      assert.is(terse(kept), kept)
    }
  })

  test('says a text by the name that a property of that name has anyway', () => {
    const uses = 'f(a.measured);f(b.measured);f(c.measured);f(d.measured);throw"measured"'
    assert.is(
      pool(uses),
      'let $undefined,$0="measured";f(a[$0]);f(b[$0]);f(c[$0]);f(d[$0]);throw $0',
    )
  })

  test('leaves brackets closed before a name that is said once only', () => {
    const uses = 'f((a+b).measured);f(a.measured);f(b.measured);f(c.measured);'
    assert.is(pool(uses), 'let $undefined,$0="measured";f((a+b)[$0]);f(a[$0]);f(b[$0]);f(c[$0]);')
  })
})
