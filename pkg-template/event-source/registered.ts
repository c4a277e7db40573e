/** The name of the symbol by which `share.js` leaves its class at the global object. */
export const REGISTERED = 'wasm-eventsource/share'
