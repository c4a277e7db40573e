/** A worker of any kind with a classic script, which `?class=polyfill` adds the class to. */

importScripts('/tests/package/scopes/probes.js')
if (new URL(location.href).searchParams.get('class') === 'polyfill') importScripts('/pkg/polyfill.js')
self.answerWith(self.EventSource)
