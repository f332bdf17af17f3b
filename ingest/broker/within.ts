import { AppError } from '../errors.js'

/** Rejects with DEADLINE when `work` takes longer than `limitMs`; the work itself is not ended by that. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AppError('DEADLINE', `not within ${limitMs / 1000} s`, { temporary: true }))
    }, limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
