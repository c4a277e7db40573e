// @ts-check
/** Messages that somebody else writes to the channel of a group. */

/** @typedef {Record<string, any> & { type: string, from: string }} Message */

/** Whatever comes to one's mind, and messages that say too little. */
const JUNK = [
  ...[null, true, 7, '', 'batch', [], {}, [[]], { type: 7 }, { type: null }],
  ...['__proto__', 'constructor', 'toString', 'unknown', ''].map((type) => ({ type, from: 'forger' })),
  ...['hello', 'state', 'batch', 'loss', 'leave', 'end'].flatMap((type) => [{ type }, { type, from: '' }, { type, from: 7 }]),
  ...['hello', 'state', 'batch', 'loss', 'leave'].map((type) => ({ type, from: 'forger' })),
  { type: 'end', from: 'x'.repeat(100_000) },
]

/**
 * Each member of a message left out, and in the place of each a value of another type.
 * @param {Message} message
 * @returns {object[]}
 */
function spoiled(message) {
  return Object.keys(message).flatMap((name) => {
    const value = message[name]
    const others = [null, typeof value === 'number' ? String(value) : 7, { length: 1 }]
    const { [name]: _, ...rest } = message
    // A text may be any text, and a flag any flag, but no number may be any number.
    if (typeof value === 'number') others.push(-7)
    return [rest, ...others.filter((other) => name !== 'times' || other !== 7).map((other) => ({ ...message, [name]: other }))]
  })
}

/**
 * Messages that are none, made of real ones.
 * @param {Message[]} real
 */
export function malformed(real) {
  const state = real.find(({ type }) => type === 'state')
  const failure = { reason: 'network', attempt: 1, retryIn: 0 }
  const loss = { ...state, type: 'loss', isComplete: false, failure }
  const failures = [
    ...[null, 7, [], {}, { ...failure, reason: 'unknown' }, { ...failure, attempt: -1 }],
    ...[-1, 'soon', {}].map((retryIn) => ({ ...failure, retryIn })),
  ]
  const losses = failures.map((failure) => ({ ...loss, failure }))
  const batch = real.find(({ type }) => type === 'batch')
  const cuts = ['x', '\r', 'x\r', '\r\r\r', `${batch?.messages}x`, `${batch?.messages}\r`].map((messages) => ({ ...batch, messages }))
  return [...JUNK, ...real.flatMap(spoiled), ...losses, ...cuts, { ...batch, times: [] }, { ...batch, remarks: '\n\n\n' }]
}

/**
 * A leader that there is not, above all others.
 * @param {Message[]} real
 * @returns {Message}
 */
export function usurper(real) {
  const state = real.find(({ type }) => type === 'state')
  if (state === undefined) throw new Error('nobody has said how things stand')
  return { ...state, from: 'forger', epoch: state.epoch + 1_000_000, count: state.count + 1_000, isVisible: true }
}
