/** Elements, made by script: the page's policy allows no markup in strings. */

type Child = Node | string | null | undefined | false

type Properties<K extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[K], 'style' | 'dataset' | 'children'>
> & {
  [attribute: `aria-${string}`]: string
  role?: string
  data?: Record<string, string>
  for?: string
}

/** Makes an element. Properties are set as such, `aria-…`, `role`, `for` and `data` as attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<K> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'data') Object.assign(element.dataset, value)
    else if (name === 'role' || name === 'for' || name.startsWith('aria-'))
      element.setAttribute(name, String(value))
    else Reflect.set(element, name, value)
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/** Sets a text, unless it is there already: the page does not need to be laid out again for that. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** More often than this, nobody can read what has changed; in ms. */
const READABLE = 50

/** Has `draw` called at a frame soon, once, however often it is asked for until then. */
export function perFrame(draw: () => void): () => void {
  let isAsked = false
  let last = 0
  function drawInTime(now: number) {
    if (now - last < READABLE) {
      requestAnimationFrame(drawInTime)
      return
    }
    last = now
    isAsked = false
    draw()
  }
  return () => {
    if (isAsked) return
    isAsked = true
    // A page that is hidden draws no frames, and needs none.
    requestAnimationFrame(drawInTime)
  }
}

/** Has the browser save a text or bytes as a file. */
export function download(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  h('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A button that copies what `text` gives, and says so. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const button = h('button', { type: 'button', className: 'quiet' }, label)
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text())
      button.textContent = 'Copied'
    } catch {
      button.textContent = 'Not allowed'
    }
    setTimeout(() => (button.textContent = label), 1_500)
  })
  return button
}
