/** Panels of which one is shown, after the pattern of the ARIA Authoring Practices. */

import { h } from './dom.js'

export function tabs(
  label: string,
  panels: Record<string, HTMLElement>,
  onChange: (name: string) => void = () => {},
): HTMLElement {
  const prefix = label.toLowerCase().replaceAll(/\W+/g, '-')
  const list = h('div', { className: 'tabs', role: 'tablist', 'aria-label': label })
  const buttons = Object.entries(panels).map(([name, panel], index) => {
    const id = `${prefix}-${index}`
    const button = h(
      'button',
      { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` },
      name,
    )
    panel.id = `panel-${id}`
    panel.setAttribute('role', 'tabpanel')
    panel.setAttribute('aria-labelledby', button.id)
    button.addEventListener('click', () => show(name))
    list.append(button)
    return button
  })
  list.addEventListener('keydown', (event) => {
    const index = buttons.indexOf(event.target as HTMLButtonElement)
    const goal = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key]
    if (goal === undefined || index < 0) return
    event.preventDefault()
    const next = buttons[(goal + buttons.length) % buttons.length]
    next?.focus()
    next?.click()
  })
  function show(shown: string) {
    for (const [index, [name, panel]] of Object.entries(panels).entries()) {
      const button = buttons[index]
      panel.hidden = name !== shown
      button?.setAttribute('aria-selected', String(name === shown))
      if (button !== undefined) button.tabIndex = name === shown ? 0 : -1
    }
    onChange(shown)
  }
  const element = h('div', { className: 'tabbed' }, list, ...Object.values(panels))
  show(Object.keys(panels)[0] ?? '')
  return element
}
