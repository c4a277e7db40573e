/** Iterators that can be left at any time. */

/**
 * Has the end of an async generator not wait for its next value: by itself, a generator takes `return`
 * and `throw` after the calls of `next` before them, which may never be answered.
 *
 * @param interrupt - called first: ends what the generator waits for, if it has begun and has not ended
 */
export function leaveWhileWaiting<T>(
  generator: AsyncGenerator<T, void, undefined>,
  interrupt: () => void,
): AsyncGenerator<T, void, undefined> {
  const end = generator.return.bind(generator)
  const fail = generator.throw.bind(generator)
  // Defined, not assigned: the names are inherited.
  return Object.defineProperties(generator, {
    return: {
      value: (result: void | PromiseLike<void>) => {
        interrupt()
        return end(result)
      },
    },
    throw: {
      value: (error: unknown) => {
        interrupt()
        return fail(error)
      },
    },
  })
}
