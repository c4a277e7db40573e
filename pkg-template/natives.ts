/**
 * Classes of the browser, for what extends them. Bundlers leave out a class that nobody imports only if
 * they know that what it extends is there, and some know of no global class.
 */

function found<T>(name: string): T {
  return Reflect.get(globalThis, name) as T
}

/** `EventTarget`. */
export const NativeEventTarget = /* @__PURE__ */ found<typeof EventTarget>('EventTarget')
/** `Event`. */
export const NativeEvent = /* @__PURE__ */ found<typeof Event>('Event')
/** `Error`. */
export const NativeError = /* @__PURE__ */ found<ErrorConstructor>('Error')
/** `RangeError`. */
export const NativeRangeError = /* @__PURE__ */ found<RangeErrorConstructor>('RangeError')
/** `SyntaxError`. */
export const NativeSyntaxError = /* @__PURE__ */ found<SyntaxErrorConstructor>('SyntaxError')
/** `TransformStream`; Firefox 100 and 101 have none, and are to be able to import the rest. */
export const NativeTransformStream = /* @__PURE__ */ found<typeof TransformStream | undefined>('TransformStream')
