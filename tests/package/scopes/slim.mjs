/** A worker of any kind with a module, which imports the class and leaves it to load its engine. */

import { EventSource } from '/pkg/slim.js'
import './probes.js'

self.answerWith(EventSource)
