// @ts-check
/** Puts a `fetch` that can be replaced in the place of the global one. To be imported first. */

const { fetch } = globalThis

/** @type {{ fetch: typeof fetch | undefined }} */
export const replacement = { fetch: undefined }

globalThis.fetch = (...args) => (replacement.fetch ?? fetch)(...args)
