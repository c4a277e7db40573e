// @ts-check
/**
 * Chromium's own protocol, beside WebDriver: for what WebDriver cannot do to a tab, or what would end
 * its session.
 */

/** @typedef {{ id?: number, result?: any, error?: { message: string } }} Answer */

export class DevTools {
  #connection
  /** The session of a tab, by its handle, which is the ID of its target. @type {Map<string, string>} */
  #sessions = new Map()

  /** @param {any} connection */
  constructor(connection) {
    this.#connection = connection
  }

  /** @param {import('../browsers.mjs').OpenBrowser} browser */
  static async open(browser) {
    return new DevTools(await /** @type {any} */ (browser.driver).createCDPConnection('page'))
  }

  /**
   * Sends a command to the browser itself.
   * @param {string} method
   * @param {object} parameters
   */
  async browser(method, parameters) {
    return this.#send(null, method, parameters)
  }

  /**
   * Sends a command to a tab.
   * @param {string} target
   * @param {string} method
   * @param {object} parameters
   */
  async tab(target, method, parameters = {}) {
    return this.#send(await this.#session(target), method, parameters)
  }

  /**
   * Sends a command that a tab does not live to answer.
   * @param {string} target
   * @param {string} method
   */
  async last(target, method) {
    const session = await this.#session(target)
    this.#connection.sessionId = session
    this.#connection.execute(method, {}, null)
    this.#sessions.delete(target)
  }

  /** @param {string} target */
  async #session(target) {
    let session = this.#sessions.get(target)
    if (session === undefined) {
      const { sessionId } = await this.browser('Target.attachToTarget', { targetId: target, flatten: true })
      session = /** @type {string} */ (sessionId)
      this.#sessions.set(target, session)
    }
    return session
  }

  /**
   * @param {string | null} session
   * @param {string} method
   * @param {object} parameters
   */
  async #send(session, method, parameters) {
    // Read when the command is sent, and changed by the answers of others.
    this.#connection.sessionId = session
    /** @type {Answer} */
    const { result, error } = await this.#connection.send(method, parameters)
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }
}
