import { fromBinary, toBinary } from './bytes.js'
import { type Life, toInt } from './life.js'
import { isAddress, type NetNeeds } from './net.js'
import type { DatagramSocket } from './networks/network.js'

/** `require('dgram')`: the socket is opened by the first `send` or by `bind`. */
export function dgramModule(life: Life, { network, isOnline }: NetNeeds): object {
  const open = new WeakMap<object, DatagramSocket>()
  const closed = new WeakSet<object>()
  const Socket = life.realm.run('(function dgramSocket() {})', 'dgram') as { prototype: object }

  const socketOf = (self: object): DatagramSocket => {
    const known = open.get(self)
    if (known !== undefined) return known
    const socket = network.datagrams((bytes, from) => {
      if (closed.has(self) || !isOnline()) return
      const { realm } = life
      const info = realm.object({ address: from.host, port: from.port, size: bytes.length })
      life.emit(self, 'message', [toBinary(bytes), info])
    })
    open.set(self, socket)
    return socket
  }

  life.methods(Socket.prototype, {
    bind: (self, _port, bound) => {
      socketOf(self)
      life.queue(bound, self, [self])
      return self
    },
    // Either (text, offset, length, port, host) or (text, port, host).
    send: (self, text, ...rest) => {
      if (closed.has(self)) life.fail('This socket is closed')
      const isPart = typeof rest[2] === 'number'
      const [offset, length] = isPart ? rest.slice(0, 2).map(toInt) : [0, String(text).length]
      const [port, host] = isPart ? rest.slice(2) : rest
      const bytes = fromBinary(String(text).substr(offset ?? 0, length))
      const isKnown = isAddress(String(host)) || network.resolves(String(host))
      if (isOnline() && isKnown) {
        socketOf(self).send({ host: String(host), port: toInt(port) }, bytes)
      }
    },
    close: (self) => {
      if (closed.has(self)) return
      closed.add(self)
      open.get(self)?.close()
      life.emit(self, 'close', [false])
    },
  })

  const module = life.realm.object()
  life.functions(module, {
    createSocket: () => {
      const socket = life.realm.object()
      Object.setPrototypeOf(socket, Socket.prototype)
      return socket
    },
  })
  return module
}
