// @ts-check
/** A ticker as articles about server-sent events write it, with Express; nothing in it knows us. */

import express from 'express'

/**
 * @param {string} polyfill the path of polyfill.js
 * @param {(price: object) => void} onPrice called with each price that is sent
 */
export function expressTicker(polyfill, onPrice) {
  const app = express()

  app.get('/', (_, response) => {
    response.send('<!doctype html><title>Prices</title><script src="/polyfill.js"></script>')
  })
  app.get('/polyfill.js', (_, response) => response.sendFile(polyfill))

  app.get('/cryptocurrencies', (request, response) => {
    response.set({
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache',
      Connection: 'keep-alive',
    })
    response.flushHeaders()

    let id = Number(request.get('Last-Event-ID') ?? 0)
    const timer = setInterval(() => {
      const price = { symbol: 'ÐOGE', price: Math.random(), time: new Date().toISOString() }
      onPrice(price)
      response.write(`id: ${++id}\n`)
      response.write('event: cryptocurrencyChanged\n')
      response.write(`data: ${JSON.stringify(price)}\n\n`)
    }, 50)
    request.on('close', () => clearInterval(timer))
  })

  return app
}
