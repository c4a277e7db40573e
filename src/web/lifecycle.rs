//! What happens to the page, or the worker, that a source lives in.

use wasm_bindgen::prelude::*;
use web_sys::{MutationObserver, MutationObserverInit};

use super::sys;

/// What a source is told of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// The page is put aside: into the back/forward cache, or hidden.
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
    #[wasm_bindgen(method, js_name = addEventListener)]
    fn add_event_listener(this: &Document, event_type: &str, listener: &JsValue);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn remove_event_listener(this: &Document, event_type: &str, listener: &JsValue);

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

/// Tells of the lifecycle until it is dropped.
pub(super) struct Lifecycle {
    listener: Closure<dyn Fn(JsValue)>,
    pause_when_hidden: bool,
    rewriting: Option<Rewriting>,
}

impl Lifecycle {
    /// `pause_when_hidden` is whether a page that is only hidden counts as put aside.
    ///
    /// A page that has an open connection when it is left cannot go into the back/forward cache, or
    /// is thrown out of it: so its connections are closed before, and opened again when it comes back.
    pub(super) fn new(pause_when_hidden: bool, tell: impl Fn(Signal) + 'static) -> Self {
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let event: Event = event.unchecked_into();
            let persisted = event.persisted() == Some(true);
            let is_paused = pause_when_hidden && is_hidden();
            match event.event_type().as_str() {
                "online" => tell(Signal::GoOnline),
                "pagehide" if persisted => tell(Signal::Suspend),
                "pageshow" if persisted && !is_paused => tell(Signal::Resume),
                VISIBILITY_EVENT if is_paused => tell(Signal::Suspend),
                VISIBILITY_EVENT => tell(Signal::Resume),
                _ => {}
            }
        });
        listen(listener.as_ref(), pause_when_hidden);
        let heard = listener.as_ref().clone();
        let rewriting = Rewriting::watch(move || listen(&heard, pause_when_hidden));
        Self { listener, pause_when_hidden, rewriting }
    }
}

impl Drop for Lifecycle {
    fn drop(&mut self) {
        self.rewriting.take();
        let listener = self.listener.as_ref();
        for event_type in GLOBAL_EVENTS {
            let _ = sys::remove_event_listener(event_type, listener);
        }
        if self.pause_when_hidden {
            DOCUMENT.with(|it| {
                if let Some(it) = it {
                    it.remove_event_listener(VISIBILITY_EVENT, listener);
                }
            });
        }
    }
}

/// Makes sure that it hears. A listener that is there already is not added twice.
fn listen(listener: &JsValue, pause_when_hidden: bool) {
    for event_type in GLOBAL_EVENTS {
        // A runtime that has no such method, Node for one, has no such events either.
        let _ = sys::add_event_listener(event_type, listener);
    }
    if pause_when_hidden {
        DOCUMENT.with(|it| {
            if let Some(it) = it {
                it.add_event_listener(VISIBILITY_EVENT, listener);
            }
        });
    }
}

/// Watches for a document that is written anew, until it is dropped: `document.open()` removes all
/// listeners, of the window too (HTML standard, section 8.4.1, "document open steps").
struct Rewriting {
    observer: MutationObserver,
    _callback: Closure<dyn Fn()>,
}

impl Rewriting {
    /// Calls back soon after; nowhere where there is no document.
    fn watch(callback: impl Fn() + 'static) -> Option<Self> {
        DOCUMENT.with(|it| {
            let document = it.as_ref()?;
            let callback = Closure::<dyn Fn()>::new(callback);
            let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).ok()?;
            let what = MutationObserverInit::new();
            what.set_child_list(true);
            observer.observe_with_options(document.unchecked_ref(), &what).ok()?;
            Some(Self { observer, _callback: callback })
        })
    }
}

impl Drop for Rewriting {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
