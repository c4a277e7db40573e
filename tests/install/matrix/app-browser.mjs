// @ts-check
/** Chromium, and what an app in it comes to. */

import { openBrowser } from '../../package/browsers.mjs'
import { startEventServer } from './event-server.mjs'

/**
 * @typedef {object} AppBrowser
 * @property {string} events - the URL of the stream that apps are told of
 * @property {(url: string) => Promise<string>} open - what the app at an address comes to
 * @property {(folder: string) => Promise<string>} openFolder - what the app in a folder comes to
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<AppBrowser>} */
export async function openAppBrowser() {
  const browser = await openBrowser('chromium')
  const events = await startEventServer()

  /** @param {string} url @returns {Promise<string>} */
  async function open(url) {
    await browser.driver.get(`${url}?events=${encodeURIComponent(events.events)}`)
    return browser.driver.executeAsyncScript(`
      const done = arguments[0]
      const wait = () => (globalThis.results ? results.then(done, (error) => done(String(error))) : setTimeout(wait, 50))
      wait()
      setTimeout(() => done('nothing within 20 s: ' + document.body.innerText), 20_000)`)
  }

  return {
    events: events.events,
    open,
    async openFolder(folder) {
      const server = await startEventServer({ folder })
      try {
        return await open(`${server.origin}/index.html`)
      } finally {
        await server.stop()
      }
    },
    async close() {
      await browser.close()
      await events.stop()
    },
  }
}
