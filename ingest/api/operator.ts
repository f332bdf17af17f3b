import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Whoever reaches the control socket, or holds the data folder's lock and calls the API within its own
 * process, is the operator of this machine. That is a property of the way a request came, carried by the
 * call itself: nothing in a request can claim it.
 */
const operator = new AsyncLocalStorage<true>()

/**
 * Requests dispatched within `work` act as the local operator (role admin). `inject` dispatches when it is
 * awaited, so it is awaited here.
 */
export async function asOperator<T>(work: () => T | PromiseLike<T>): Promise<T> {
  return operator.run(true, async () => work())
}

export function isOperator(): boolean {
  return operator.getStore() === true
}
