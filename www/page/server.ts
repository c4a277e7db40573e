/** The server of ours, which may not be there: the page can be published as files alone. */

let answer: Promise<boolean> | undefined

/** Whether the server that `npm start` starts is where this page comes from. */
export function hasServer(): Promise<boolean> {
  return (answer ??= fetch('/time').then(
    async (response) => response.ok && /"now":/.test(await response.text()),
    () => false,
  ))
}

export const HOW_TO_START = 'clone the repository, and type npm start.'
export const WITHOUT_SERVER = `This needs the server that comes with the page: ${HOW_TO_START}`

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
