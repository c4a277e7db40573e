/**
 * WebKitGTK where no locale is set says that its language is C, which is none: what formats numbers by
 * it, uPlot for example, would throw as soon as it is loaded. So this comes first.
 */

try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' })
}
