/** The text of a file of ours, which `www/build.mjs` reads. */
declare module '*?code' {
  const text: string
  export default text
}

/** Whether the package has the option `share`, as `www/build.mjs` finds in its declarations. */
declare const OFFERS_SHARE: boolean
