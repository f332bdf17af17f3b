import { z } from 'zod'

/** An object of a file that people write: a key that is not there is answered with those that are. */
export function exact<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `there is no ${issue.keys.join(', ')}; there is ${Object.keys(shape).join(', ')}`
        : undefined,
  })
}
