/** A worker of any kind with a module, which imports the class and leaves it to load its engine. */

import { EventSource, eventsFrom } from '/pkg/slim.js'
import './probes.js'

self.answerWith(EventSource, eventsFrom)
