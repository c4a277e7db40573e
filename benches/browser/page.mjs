// @ts-check
/** The page of the throughput benchmarks: opens a frame for each client, and runs tasks in them. */

/** @typedef {import('./frame.mjs').Task} Task */
/** @typedef {import('./frame.mjs').Result} Result */
/** @typedef {Record<Task['from'], boolean>} Offers what a client can be measured with */
/** @typedef {Window & { offers: Offers, run(task: Task): Promise<Result> }} ClientWindow */

/** @type {Map<string, Promise<ClientWindow>>} */
const frames = new Map()

/**
 * @param {string} client
 * @returns {Promise<ClientWindow>} its window, once its code has run
 */
function frameOf(client) {
  const opening = frames.get(client) ?? open(client)
  frames.set(client, opening)
  return opening
}

/** @param {string} client */
async function open(client) {
  const frame = document.createElement('iframe')
  frame.src = `client.html?${new URLSearchParams({ client })}`
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  document.body.append(frame)
  await loaded
  const view = /** @type {ClientWindow} */ (/** @type {unknown} */ (frame.contentWindow))
  while (view.offers === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
  return view
}

// What WebDriver calls. Firefox runs its scripts in a slow compartment, so nothing is measured
// there: they pass text, and all else happens in functions of this page.
Object.assign(globalThis, {
  /** @param {string} client */
  offers: async (client) => JSON.stringify((await frameOf(client)).offers),
  /** @param {string} client @param {string} task */
  run: async (client, task) => JSON.stringify(await (await frameOf(client)).run(JSON.parse(task))),
})
