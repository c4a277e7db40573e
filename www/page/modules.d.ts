/** The text of a file of ours, which `www/build.mjs` reads. */
declare module '*?code' {
  const text: string
  export default text
}
