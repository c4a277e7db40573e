import { EventSource } from '/pkg/index.js'

const LOG_LENGTH = 200
const TIME = new Intl.DateTimeFormat([], {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 1,
  hourCycle: 'h23',
})
const STATES = ['connecting', 'open', 'closed']

const controls = document.querySelector('#controls')
const connectButton = document.querySelector('#connect')
const disconnectButton = document.querySelector('#disconnect')
const state = document.querySelector('#state')
const detail = document.querySelector('#detail')
const prices = document.querySelector('#prices')
const log = document.querySelector('#log')

/** @type {EventSource | undefined} */
let source
/** The ID of the last event, from which a new connection goes on. */
let lastEventId = ''

controls.addEventListener('submit', (event) => {
  event.preventDefault()
  connect()
})
disconnectButton.addEventListener('click', () => {
  source?.close()
  showState('You have closed the connection.')
})
connect()

function connect() {
  source?.close()
  const { cut, interval } = Object.fromEntries(new FormData(controls))
  source = new EventSource(`/ticker?${new URLSearchParams({ cut, interval })}`, { lastEventId })
  source.addEventListener('open', () => {
    write('open', 'connected')
    showState('')
  })
  source.addEventListener('price', (event) => {
    lastEventId = event.lastEventId
    showPrice(JSON.parse(event.data), event.lastEventId)
    write('price', event.data)
  })
  source.addEventListener('message', (event) => write('message', event.data))
  source.addEventListener('error', (event) => {
    const next = event.retryIn === null ? 'giving up' : `next attempt in ${event.retryIn} ms`
    const reason = event.status === undefined ? event.reason : `${event.reason} ${event.status}`
    write('error', `${reason}, ${next}`)
    showState(`Lost: ${reason}; ${next}.`)
  })
  showState('')
}

function showState(text) {
  const name = STATES[source.readyState]
  state.textContent = name
  state.dataset.state = name
  detail.textContent = text
  connectButton.textContent = lastEventId === '' ? 'Connect' : 'Reconnect'
  disconnectButton.disabled = name === 'closed'
}

function showPrice({ symbol, price }, id) {
  let row = prices.querySelector(`[data-symbol="${CSS.escape(symbol)}"]`)
  if (row === null) {
    row = prices.insertRow()
    row.dataset.symbol = symbol
    for (let cell = 0; cell < 4; cell++) row.insertCell()
    row.cells[0].textContent = symbol
  }
  const change = price - Number(row.dataset.price ?? price)
  row.dataset.price = price
  row.cells[1].textContent = price.toFixed(2)
  row.cells[2].textContent = `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(2)}`
  row.cells[2].className = change < 0 ? 'down' : 'up'
  row.cells[3].textContent = id
}

function write(type, text) {
  const item = document.createElement('li')
  const time = document.createElement('time')
  const name = document.createElement('span')
  const data = document.createElement('span')
  time.textContent = TIME.format(new Date())
  name.textContent = type
  name.className = type
  data.textContent = text
  item.append(time, name, data)
  log.prepend(item)
  while (log.children.length > LOG_LENGTH) log.lastChild.remove()
}
