/**
 * For every rule of the build's check: what it refuses, and the nearest that it allows. The real interpreter
 * shows that the first is wrong there and the second right.
 */

export interface Snippet {
  rule: string
  refused: string
  allowed: string
  /** Why the interpreter for Linux does not show it: a board does. */
  boardOnly?: string
}

/** Prints what a regular expression finds in each text. */
const finds = (regex: string, ...texts: string[]) =>
  `[${texts.map((text) => JSON.stringify(text)).join()}].forEach(t=>{` +
  `var m=${regex}.exec(t);print(m?m[0]+" "+m[1]:"none")})`

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the snippets are scripts
export const SNIPPETS: readonly Snippet[] = [
  {
    rule: 'default parameter',
    refused: 'function f(a,b=2){return a+b}print(f(1))',
    allowed: 'function f(a,b){if(b===undefined)b=2;return a+b}print(f(1))',
  },
  {
    rule: 'rest parameter',
    refused: 'function f(...a){return a.length}print(f(1,2))',
    allowed: 'function f(){return arguments.length}print(f(1,2))',
  },
  {
    rule: 'spread',
    refused: 'print(Math.max(...[1,2]))',
    allowed: 'print(Math.max.apply(null,[1,2]))',
  },
  {
    rule: 'spread',
    refused: 'print([...[1],2].length)',
    allowed: 'print([1].concat([2]).length)',
  },
  {
    rule: 'spread',
    refused: 'print(({...{a:1}}).a)',
    allowed: 'print(Object.assign({},{a:1}).a)',
  },
  {
    rule: 'destructuring',
    refused: 'const {a}={a:1};print(a)',
    allowed: 'const o={a:1};const a=o.a;print(a)',
  },
  {
    rule: 'destructuring',
    refused: 'let a,b;[a,b]=[1,2];print(a)',
    allowed: 'let a=1,b=2;print(a)',
  },
  {
    rule: 'destructuring',
    refused: 'function f({a}){return a}print(f({a:1}))',
    allowed: 'function f(o){return o.a}print(f({a:1}))',
  },
  {
    rule: 'computed key',
    refused: 'const k="a";print({[k]:1}.a)',
    allowed: 'const k="a",o={};o[k]=1;print(o.a)',
  },
  {
    rule: 'optional chaining',
    refused: 'const o={a:1};print(o?.a)',
    allowed: 'const o={a:1};print(o&&o.a)',
  },
  {
    rule: 'logical assignment',
    refused: 'let a;a??=1;print(a)',
    allowed: 'let a;a=a??1;print(a)',
  },
  {
    rule: 'logical assignment',
    refused: 'let a=0;a||=1;print(a)',
    allowed: 'let a=0;a=a||1;print(a)',
  },
  {
    rule: 'exponent operator',
    refused: 'print(2**3)',
    allowed: 'print(Math.pow(2,3))',
  },
  {
    rule: 'exponent operator',
    refused: 'let a=2;a**=3;print(a)',
    allowed: 'let a=2;a*=a*a;print(a)',
  },
  {
    rule: 'label',
    refused: 'a:for(;;){for(;;){break a}}print(1)',
    allowed: 'for(;;){for(;;){break}break}print(1)',
  },
  {
    rule: 'generator',
    refused: 'function*g(){yield 1}print(g().next().value)',
    allowed: 'function g(){return {value:1}}print(g().value)',
  },
  {
    rule: 'async',
    refused: '(async()=>{print(1)})()',
    allowed: '(()=>{print(1)})()',
  },
  {
    rule: 'tagged template',
    refused: 'function t(s){return s[0]}print(t`a`)',
    allowed: 'print(`a${1+1}b${`c`}`)',
  },
  {
    rule: 'new.target',
    refused: 'function F(){this.a=new.target===F}print(new F().a)',
    allowed: 'function F(){this.a=this instanceof F}print(new F().a)',
  },
  {
    rule: 'with',
    refused: 'with({a:1}){print(a)}',
    allowed: 'const o={a:1};print(o.a)',
  },
  {
    rule: 'debugger',
    refused: 'debugger;print(1)',
    allowed: 'print(1)',
    boardOnly: 'the interpreter waits for commands',
  },
  {
    rule: 'class field',
    refused: 'class A{x=[]}const a=new A,b=new A;a.x.push(1);print(b.x.length)',
    allowed: 'class A{constructor(){this.x=[]}}const a=new A,b=new A;a.x.push(1);print(b.x.length)',
  },
  {
    rule: 'class field',
    refused: 'class A{static x=1}print(Object.keys(A).join())',
    allowed: 'const A={x:1};print(Object.keys(A).join())',
  },
  {
    rule: 'private name',
    refused: 'class A{#m(){return 1}n(){return this.#m()}}print(new A().n())',
    allowed: 'class A{m(){return 1}n(){return this.m()}}print(new A().n())',
  },
  {
    rule: 'class that extends a built-in',
    refused: 'class E2 extends Error{constructor(m){super(m)}}print(new E2("a").message)',
    allowed:
      'class A{constructor(m){this.m=m}}class B extends A{constructor(m){super(m)}}print(new B("a").m)',
  },
  {
    rule: 'static inheritance',
    refused: 'class A{static s(){return 1}}class B extends A{}print(B.s())',
    allowed: 'class A{static s(){return 1}}class B{}print(A.s(),new B() instanceof B)',
  },
  {
    rule: 'method named by a keyword',
    refused: 'class A{delete(){return 1}}print(new A().delete())',
    allowed:
      'const o={delete(){return 1}};class A{erase(){return 2}}print(o.delete(),new A().erase())',
  },
  {
    rule: 'method named by a keyword',
    refused: 'class A{of(){return 1}}print(new A().of())',
    allowed: 'class A{get(){return 1}set(){return 2}async(){return 3}}print(new A().get())',
  },
  {
    rule: 'super in an arrow function',
    refused:
      'class A{m(){return 1}}class B extends A{n(){return (()=>super.m())()}}print(new B().n())',
    allowed: 'class A{m(){return 1}}class B extends A{n(){return super.m()}}print(new B().n())',
  },
  {
    rule: 'arguments in an arrow function',
    refused: 'function f(){return [1].map(()=>arguments.length)[0]}print(f(1,2))',
    allowed: 'function f(){const n=arguments.length;return [1].map(()=>n)[0]}print(f(1,2))',
  },
  {
    rule: 'getter in an object literal',
    refused: 'print(JSON.stringify({get a(){return 1}}))',
    allowed: 'class A{get a(){return 1}}print(new A().a,JSON.stringify({set a(v){}}))',
  },
  {
    rule: 'default before the last case',
    refused: 'function f(a){switch(a){default:return 2;case 1:return 1}}print(f(1))',
    allowed: 'function f(a){switch(a){case 1:return 1;default:return 2}}print(f(1),f(3))',
  },
  {
    rule: 'function declared in a loop',
    refused:
      'const f=[];for(let i=0;i<2;i++){const j=i;function g(){return j}f.push(g)}print(f[0](),f[1]())',
    allowed:
      'const f=[];for(let i=0;i<2;i++){const j=i;const g=()=>j;f.push(g)}print(f[0](),f[1]())',
  },
  {
    rule: 'closure over the variable of a loop',
    refused: 'const f=[];for(let i=0;i<3;i++)f.push(()=>i);print(f[0]())',
    allowed:
      'const f=[];for(let i=0;i<3;i++){const j=i;f.push(()=>j)}print(f[0]());for(let i=2;i<3;i++)print([1,2].some(x=>x===i))',
  },
  {
    rule: 'closure over the variable of a loop',
    refused: 'const f=[];for(const x of [1,2])f.push(()=>x);print(f[0]())',
    allowed: 'const f=[];for(const x of [1,2]){const y=x;f.push(()=>y)}print(f[0](),f[1]())',
  },
  {
    rule: 'closure over the variable of a loop',
    refused: 'const f=[];for(const x in {a:1,b:2})f.push(()=>x);print(f[0]())',
    allowed: 'const f=[];let i=0;while(i<2){const j=i;f.push(()=>j);i++}print(f[0](),f[1]())',
  },
  {
    rule: 'use before definition',
    refused: 'print(g());function g(){return 1}',
    allowed: 'function g(){return h()}function h(){return 1}print(g())',
  },
  {
    rule: 'use before definition',
    refused: 'function g(){return h()}print(g());function h(){return 1}',
    allowed: 'function f(){return g()}const g=()=>1;print(f())',
  },
  {
    rule: 'use before definition',
    refused: 'function f(){return g();function g(){return 1}}print(f())',
    allowed: 'function f(){function g(){return 1}return g()}print(f())',
  },
  {
    rule: 'use before definition',
    refused: 'function f(){a=2;var a;return a}print(f())',
    allowed: 'function f(){var a;a=2;return a}print(f())',
  },
  {
    rule: 'use before definition',
    refused: '(()=>{[1].forEach(()=>print(typeof g()));function g(){return 1}})()',
    allowed: '(()=>{const later=()=>g();function g(){return 1}print(later())})()',
  },
  {
    rule: 'variable named of',
    refused: 'var of=1;print(of)',
    allowed: 'var get=1,set=2,o={of:3};print(get,set,o.of)',
  },
  {
    rule: 'return before a line break',
    refused: 'function f(){return\n5}print(f()===undefined)',
    allowed: 'function f(){return;\n5}print(f()===undefined)',
  },
  {
    rule: 'statement that begins with a string behind a block',
    refused: 'const b="a";if(!b){print(0)}"a"===b&&print(1)',
    allowed: 'const b="a";if(!b){print(0)}b==="a"&&print(1);"a"===b&&print(2)',
  },
  {
    rule: 'assignment to length',
    refused: 'const a=[1,2];a.length=0;print(a.length)',
    allowed: 'const a=[1,2];a.splice(0);print(a.length)',
  },
  { rule: 'bigint', refused: 'print(1n>0)', allowed: 'print(1>0)' },
  {
    rule: 'integer over 2^63',
    refused: 'print(9223372036854775808>1)',
    allowed: 'print(1e19>1,4294967295,9007199254740991)',
  },
  {
    rule: 'integer over 2^63',
    refused: 'print(0xFFFFFFFFFFFFFFFF>1)',
    allowed: 'print(0xFFFFFFFF>1)',
  },
  {
    rule: 'not ASCII',
    refused: 'print("\u20ac".length)',
    allowed: 'print("\\xE9".length,"\\u0041")',
    boardOnly: 'the interpreter for Linux has Unicode',
  },
  {
    rule: 'unknown global',
    refused: 'print(new Map().size)',
    allowed: 'print(Object.keys({}).length)',
  },
  {
    rule: 'unknown global',
    refused: 'print(typeof new RegExp("a+?").exec("aa")[0])',
    allowed: 'print(/a+/.exec("aa")[0])',
  },
  {
    rule: 'missing static',
    refused: 'print(Math.trunc(1.5))',
    allowed: 'print(Math.floor(1.5),Object.keys({a:1}).length)',
  },
  {
    rule: 'missing method',
    refused: 'print([1,[2]].flat().length)',
    allowed: 'print([1].concat([2]).length,{flat(){return 1}}.flat())',
  },
  {
    rule: 'missing method',
    refused: 'print(new Date(0).getUTCHours())',
    allowed: 'print(new Date(0).toISOString().substr(11,2))',
    boardOnly: 'it came after release 2v29',
  },
  {
    rule: 'Math.round',
    refused: 'print(Math.round(-1.5))',
    allowed: 'print(Math.floor(-1.5+0.5))',
  },
  {
    rule: 'prototype of a built-in',
    refused: 'print(Array.prototype.slice.call([1,2],1).length)',
    allowed: 'function F(){}F.prototype.m=()=>1;print([].slice.call([1,2],1).length,new F().m())',
  },
  {
    rule: 'JSON with a second argument',
    refused: 'print(JSON.stringify({a:1,b:2},["a"]))',
    allowed: 'print(JSON.stringify({a:1,b:2}),JSON.parse("[1]")[0])',
  },
  {
    rule: 'forbidden call',
    refused: 'setTime(0)',
    allowed: 'print(getTime()>0)',
    boardOnly: 'it does nothing on Linux but to stop timers',
  },
  {
    rule: 'forbidden call',
    refused: 'require("Wifi").setSNTP("a","0")',
    allowed: 'print(typeof require)',
    boardOnly: 'there is no Wifi on Linux',
  },
  {
    rule: 'forbidden call',
    refused: 'ESP32.enableBLE(false)',
    allowed: 'print(1)',
    boardOnly: 'there is no ESP32 on Linux',
  },
  ...[
    ['/a+?/', '/a+/', 'aa'],
    ['/ab?c/', '/ab*c/', 'ac'],
    ['/a(?=b)/', '/a(b)/', 'ab'],
    ['/(?:a)b/', '/(a)b/', 'ab'],
    ['/(?<n>a)b/', '/(a)b/', 'ab'],
    ['/a{2}/', '/aa/', 'aa'],
    ['/\\bab/', '/^ab/', 'ab'],
    ['/\\u0041/', '/\\x41/', 'A'],
    ['/(a)\\1/', '/(a)a/', 'aa'],
    ['/(ab)+/', '/(ab)/', 'abab'],
    ['/a(b|c)d/', '/abd|acd/', 'acd'],
    ['/^ab|cd/', '/^[0-9]+,([^,]*)$/', 'xcd'],
    ['/(a)|b/', '/a|b/', 'b'],
    ['/a((b)c)/', '/(a)(b)c/', 'abc'],
    ['/^.+$/', '/^.*$/', ''],
    ['/^[^x]+$/', '/^[a-z]+$/', ''],
    ['/[/]/', '/[\\/]/', '/'],
    ['/^b/m', '/b/i', 'a\nb'],
  ].map(([refused = '', allowed = '', text = '']) => ({
    rule: 'regular expression',
    refused: finds(refused, text),
    allowed: finds(allowed, text),
  })),
]
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the snippets are scripts
