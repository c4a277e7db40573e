/** The page: which view is shown, and the wire above it. */

import './language.js'

import { Herd } from '../herd/herd.js'
import { Inspector } from '../inspector/inspector.js'
import { Race } from '../race/race.js'
import { Scenarios } from '../scenarios/scenarios.js'
import { setUpTheme } from './theme.js'
import type { View } from './view.js'
import { WireStrip } from './wire-strip.js'

const VIEWS: Record<string, () => View> = {
  inspect: () => new Inspector(),
  scenarios: () => new Scenarios(),
  race: () => new Race(),
  herd: () => new Herd(),
}

const main = document.querySelector('main')!
const strip = new WireStrip()
document.querySelector('#wire')?.append(strip.element)
setUpTheme(document.querySelector<HTMLSelectElement>('#theme')!)

const made = new Map<string, View>()
let current: View | undefined

function show(): void {
  const fragment = location.hash.slice(1)
  // The skip link: the browser has gone there already.
  if (fragment === 'main' && current !== undefined) return
  const asked = fragment.split(/[/?]/)[0] ?? ''
  const name = Object.hasOwn(VIEWS, asked) ? asked : 'inspect'
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#${name}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  const view = made.get(name) ?? VIEWS[name]!()
  made.set(name, view)
  if (current !== view) {
    current?.leave()
    current = view
    main.replaceChildren(view.element)
  }
  document.documentElement.dataset['view'] = name
  view.onObservation = (observation) => {
    if (current === view) strip.show(observation)
  }
  strip.show(view.observation)
  void view.open(fragment)
}

addEventListener('hashchange', show)
show()
