//! What happens to the page, or the worker, that a source lives in.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal, MutationObserver, MutationObserverInit};

use super::sys::{self, bare_object};

/// What a source is told of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// The page is put aside: into the back/forward cache, frozen, or hidden.
    Suspend,
    /// The page is back.
    Resume,
    /// The device is online again.
    GoOnline,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Option<Document>;

    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: Option<Navigator>;

    type Document;
    #[wasm_bindgen(method, getter, structural, js_name = visibilityState)]
    fn visibility_state(this: &Document) -> String;
    #[wasm_bindgen(method, js_name = addEventListener, catch)]
    fn add_event_listener(
        this: &Document,
        event_type: &str,
        listener: &JsValue,
        until: &JsValue,
    ) -> Result<(), JsValue>;

    type Navigator;
    #[wasm_bindgen(method, getter, structural, js_name = onLine)]
    fn on_line(this: &Navigator) -> Option<bool>;

    /// Any event; of those heard here, only the ones of a page that comes or goes have `persisted`.
    type Event;
    #[wasm_bindgen(method, getter, structural, js_name = type)]
    fn event_type(this: &Event) -> String;
    #[wasm_bindgen(method, getter, structural)]
    fn persisted(this: &Event) -> Option<bool>;
}

/// Fired at the global object.
const GLOBAL_EVENTS: [&str; 3] = ["online", "pagehide", "pageshow"];
/// Fired at the document.
const DOCUMENT_EVENTS: [&str; 2] = ["freeze", "resume"];
const VISIBILITY_EVENT: &str = "visibilitychange";

/// Whether the browser believes that the device is offline. A hint: it may be wrong, and in workers
/// of Chromium no event tells when it changes.
pub(super) fn seems_offline() -> bool {
    NAVIGATOR.with(|it| it.as_ref().and_then(Navigator::on_line)) == Some(false)
}

/// Whether there is a page, and it is hidden.
pub(super) fn is_hidden() -> bool {
    DOCUMENT.with(|it| it.as_ref().is_some_and(|it| it.visibility_state() == "hidden"))
}

/// Tells of the lifecycle until it is dropped, or `controller` is aborted, which needs nothing of this
/// instance: one that has crashed leaves no listener behind.
pub(super) struct Lifecycle {
    controller: AbortController,
    _listener: Closure<dyn Fn(JsValue)>,
    _rewritten: Closure<dyn Fn()>,
}

impl Lifecycle {
    /// `pause_when_hidden` is whether a page that is only hidden counts as put aside.
    ///
    /// A page that has an open connection when it is left cannot go into the back/forward cache, or
    /// is thrown out of it: so its connections are closed before, and opened again when it comes back.
    ///
    /// So are those of a page that is frozen. In Chromium a `fetch` whose page was frozen gives nothing
    /// any more, for ever, though its connection stays. (Page Lifecycle, W3C: `freeze` and `resume`.)
    pub(super) fn new(
        pause_when_hidden: bool,
        controller: AbortController,
        tell: impl Fn(Signal) + 'static,
    ) -> Self {
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let event: Event = event.unchecked_into();
            let persisted = event.persisted() == Some(true);
            let is_paused = pause_when_hidden && is_hidden();
            match event.event_type().as_str() {
                "online" => tell(Signal::GoOnline),
                "freeze" => tell(Signal::Suspend),
                "resume" if !is_paused => tell(Signal::Resume),
                "pagehide" if persisted => tell(Signal::Suspend),
                "pageshow" if persisted && !is_paused => tell(Signal::Resume),
                VISIBILITY_EVENT if is_paused => tell(Signal::Suspend),
                VISIBILITY_EVENT => tell(Signal::Resume),
                _ => {}
            }
        });
        let signal = controller.signal();
        let heard = listener.as_ref().clone();
        let until = until(&signal);
        let listen = move || {
            for event_type in GLOBAL_EVENTS {
                // A runtime that has no such method, Node for one, has no such events either.
                let _ = sys::add_event_listener(event_type, &heard, &until);
            }
            DOCUMENT.with(|it| {
                let visibility = pause_when_hidden.then_some(VISIBILITY_EVENT);
                for event_type in DOCUMENT_EVENTS.into_iter().chain(visibility) {
                    if let Some(it) = it {
                        // Jest with jsdom has signals of Node, which the document takes for none.
                        let _ = it.add_event_listener(event_type, &heard, &until);
                    }
                }
            });
        };
        listen();
        let rewritten = Closure::<dyn Fn()>::new(listen);
        watch_rewriting(rewritten.as_ref(), &signal);
        Self { controller, _listener: listener, _rewritten: rewritten }
    }
}

impl Drop for Lifecycle {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

/// The option of a listener that is removed when the signal is aborted.
pub(super) fn until(signal: &AbortSignal) -> JsValue {
    let options = bare_object();
    // An object of that kind takes any property.
    let _ = Reflect::set(&options, &"signal".into(), signal);
    options.into()
}

/// Calls back whenever the document is written anew, until the signal is aborted: `document.open()`
/// removes all listeners, of the window too (HTML standard, section 8.4.1, "document open steps"). A
/// listener that is there already is not added twice.
fn watch_rewriting(callback: &JsValue, signal: &AbortSignal) {
    DOCUMENT.with(|it| {
        let Some(document) = it else { return };
        let Ok(observer) = MutationObserver::new(callback.unchecked_ref()) else { return };
        let what = MutationObserverInit::new();
        what.set_child_list(true);
        if observer.observe_with_options(document.unchecked_ref(), &what).is_ok()
            && let Ok(disconnect) = Reflect::get(&observer, &"disconnect".into())
        {
            let disconnect = disconnect.unchecked_into::<Function>().bind0(&observer);
            let _ = signal.add_event_listener_with_callback("abort", &disconnect);
        }
    });
}
