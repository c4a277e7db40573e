/** `import.meta.url`, where there is no `import.meta`. */

import { pathToFileURL } from 'node:url'

export const URL_OF_THIS_FILE = /* @__PURE__ */ pathToFileURL(__filename).href
