export { EventSource } from './event-source.js'
