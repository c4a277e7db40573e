/** What wasm-bindgen makes of www/herd/simulation, which `www/build.mjs` compiles. */
declare module 'herd-simulation' {
  export default function init(): Promise<unknown>
  export class Crowd {
    constructor(clients: number, outage: number, delay: number, maxDelay: number, factor: number)
    returns(jitter: string, slice: number, slices: number): Uint32Array
    free(): void
  }
}
