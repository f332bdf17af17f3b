import { crc8 } from '../../simulators/board/peers/ds18b20.js'

/**
 * What a computer lacks of the board, as a file that runs before the firmware: pins that lead nowhere, a
 * full battery on the ADC, and a UART whose other end is a TCP port. The OneWire bus is the interpreter's
 * own: nothing answers on it.
 */

const PINS = [4, 16, 17, 18, 19, 25, 26, 27, 34].map((pin) => `D${pin}={}`).join()
/** The battery is behind a divider of 122 k / 22 k, of 3.3 V. */
function batteryOf(volts: number): string {
  return `function analogRead(){return ${volts / (3.3 * (122 / 22))}}`
}

export const PINS_AND_ADC = `
var ${PINS};
function digitalWrite(){}
${batteryOf(13.2)}
`

/** Too little for the station to compact its Storage, which on a computer takes many minutes. */
export const LOW_BATTERY = batteryOf(12)

/** @param port where the sonde listens on this computer. */
export function uartOver(port: number): string {
  return `
var Serial2={heard:[],
setup:function(){
  Serial2.line=require("net").connect({host:"127.0.0.1",port:${port}},function(){});
  Serial2.line.on("data",function(d){Serial2.heard.forEach(function(f){f(d)})});
},
write:function(b){Serial2.line.write(E.toString(b))},
on:function(e,f){Serial2.heard.push(f)}};
`
}

/** UARTs with nobody at the other end. */
export const SILENT_UARTS = `
var Serial2={setup:function(){},write:function(){},on:function(){}},Serial3=Serial2;
`

/** What a thermometer at 25.06 degC says: its scratchpad without the CRC. */
const SCRATCHPAD = [0x91, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0f, 0x10]

/**
 * Sensors inside the interpreter that answer at once, differently each time; `samples` counts the temperatures.
 */
export const SENSORS = `
var samples=0;
function OneWire(){}
OneWire.prototype={reset:function(){return true},skip:function(){},write:function(){},
read:function(){samples++;return new Uint8Array(${JSON.stringify([...SCRATCHPAD, crc8(SCRATCHPAD)])})}};
function sonde(b){
  var first=b[2]<<8|b[3],count=b[5],a=b.slice(0,6);
  if(b[1]==3){
    var v=new DataView(new ArrayBuffer(20)),all=[7.2,25.1,7+samples*7%11/10,181,1+samples%5/10];
    for(var i=0;i<5;i++)v.setFloat32(4*i,all[i]);
    a=[b[0],3,2*count];
    for(var n=0;n<2*count;n++)a.push(v.getUint8(2*first+n));
  }
  var crc=0xffff;
  a.forEach(function(x){crc^=x;for(var i=0;i<8;i++)crc=crc&1?crc>>1^0xa001:crc>>1});
  a.push(crc&255,crc>>8);
  return E.toString(a);
}
var Serial2={setup:function(){},
write:function(b){setTimeout(function(){Serial2.hear(sonde(b))},20)},
on:function(e,f){Serial2.hear=f}};
`

/**
 * A clock that does not wait: while no socket is open it is at once as late as the next timer wants it to be.
 * Time servers are out of reach.
 */
export const HASTY_CLOCK = `
var real={time:getTime,timeout:setTimeout,require:require},now=getTime(),last=now,queue=[],ids=0,sockets=0;
function getTime(){return now}
function setTimeout(f,ms){
  var t={id:++ids,at:now+ms/1000,f:f},n=queue.length;
  while(n>0&&queue[n-1].at>t.at)n--;
  queue.splice(n,0,t);
  return t.id;
}
function clearTimeout(id){queue=queue.filter(function(t){return t.id!==id})}
function require(name){
  if(name=="dgram")throw "out of reach";
  if(name!="net")return real.require(name);
  return {connect:function(to,f){
    var s=real.require("net").connect(to,f);
    sockets++;
    s.on("close",function(){sockets--});
    return s;
  }};
}
function turn(){
  real.timeout(turn,1);
  var t=real.time();
  if(sockets)now+=t-last;
  last=t;
  for(var n=0;n<20&&queue.length&&(!sockets||queue[0].at<=now);n++){
    now=Math.max(now,queue[0].at);
    queue.shift().f();
  }
}
real.timeout(turn,1);
`

/**
 * Runs the script `app` as a copy in RAM: on a computer every few bytes of code in flash are read from a file that
 * is opened anew, which makes everything half as fast.
 */
export const FROM_RAM = 'eval(" "+require("Storage").read("app"))'
