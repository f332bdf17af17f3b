import { Session } from 'node:inspector'

/**
 * Objects alive in one realm after a garbage collection, counted by the engine itself. `v8.queryObjects` sees
 * only the realm that calls it; the inspector can be asked from within another.
 */
export function countObjects(realmName: string): number {
  const session = new Session()
  session.connect()
  try {
    let contextId = 0
    session.on('Runtime.executionContextCreated', ({ params: { context } }) => {
      if (context.name === realmName) contextId = context.id
    })
    session.post('Runtime.enable')
    return count(session, contextId)
  } finally {
    session.disconnect()
  }
}

function count(session: Session, contextId: number): number {
  let result = 0
  const expression = 'Object.prototype'
  session.post('Runtime.evaluate', { expression, contextId }, (_error, { result: prototype }) => {
    const prototypeObjectId = prototype.objectId ?? ''
    session.post('Runtime.queryObjects', { prototypeObjectId }, (_failure, { objects }) => {
      const functionDeclaration = 'function () { return this.length }'
      session.post(
        'Runtime.callFunctionOn',
        { functionDeclaration, ...(objects.objectId && { objectId: objects.objectId }) },
        (_wrong, { result: length }) => {
          result = Number(length.value)
        },
      )
    })
  })
  return result
}
