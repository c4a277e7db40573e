/** A worker of any kind with a module, which imports the class with its engine inside. */

import { EventSource, eventsFrom } from '/pkg/index.js'
import './probes.js'

self.answerWith(EventSource, eventsFrom)
