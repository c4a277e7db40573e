/**
 * Resolves once the event loop has been let in, in a task of its own.
 *
 * The task is a message, since browsers hold up timers: those of a hidden page run once a second or
 * more seldom, and those that set one another wait for 4 ms. The channel is one of its own, which is
 * closed when the message has come: an open one keeps a process of Node alive. jsdom has no channels, and
 * no page that could be hidden.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel !== 'function') {
      setTimeout(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
