//! Raw bindings to what `web-sys` and `js-sys` do not have in this form.
//!
//! Responses and bodies may come from a `fetch` of the user's, and may then be anything: whatever is
//! asked of them is caught. An exception that passes through a wasm frame unseen would leave it half
//! done. So whatever a getter gives comes as a `JsValue`: to make a number or a boolean of it is left to
//! the browser otherwise, which throws for a symbol where nobody catches it.

use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A promise of the value, which may be one itself. Reads properties of the value.
    #[wasm_bindgen(js_namespace = Promise, js_name = resolve, catch)]
    pub(super) fn promise_of(value: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = Promise, js_name = all, catch)]
    pub(super) fn promise_of_all(values: &Array) -> Result<Promise, JsValue>;

    /// What has a method `then`.
    pub(crate) type Thenable;

    #[wasm_bindgen(method, catch)]
    pub(super) fn then(
        this: &Thenable,
        on_fulfilled: &JsValue,
        on_rejected: &JsValue,
    ) -> Result<JsValue, JsValue>;

    /// The global function, as it is at the time of the call.
    #[wasm_bindgen(catch)]
    pub(super) fn fetch(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = performance)]
    pub(crate) fn now() -> f64;

    // Those of the global object, which is an event target in windows and workers only.
    #[wasm_bindgen(js_namespace = globalThis, js_name = addEventListener, catch)]
    pub(super) fn add_event_listener(
        event_type: &str,
        listener: &JsValue,
        until: &JsValue,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = globalThis, js_name = removeEventListener, catch)]
    pub(super) fn remove_event_listener(
        event_type: &str,
        listener: &JsValue,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console)]
    pub(super) fn warn(text: &str);

    /// What `fetch` has answered with.
    #[derive(Clone)]
    pub(crate) type Response;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(crate) fn status(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(crate) fn url(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(super) fn redirected(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch, js_name = type)]
    pub(super) fn response_type(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(crate) fn headers(this: &Response) -> Result<ResponseHeaders, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(crate) fn body(this: &Response) -> Result<Option<Stream>, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch, js_name = clone)]
    pub(super) fn clone_method(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, setter, structural, catch, js_name = clone)]
    pub(super) fn set_clone_method(this: &Response, clone: &JsValue) -> Result<(), JsValue>;

    pub(crate) type ResponseHeaders;

    #[wasm_bindgen(method, structural, catch)]
    pub(super) fn get(this: &ResponseHeaders, name: &str) -> Result<JsValue, JsValue>;

    /// The body of a response.
    pub(crate) type Stream;

    #[wasm_bindgen(method, structural, catch, js_name = getReader)]
    pub(crate) fn get_reader(this: &Stream) -> Result<Reader, JsValue>;

    /// What only streams have.
    #[wasm_bindgen(method, getter, structural, catch, js_name = getReader)]
    pub(super) fn get_reader_method(this: &Stream) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    pub(super) fn cancel(this: &Stream) -> Result<Thenable, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(super) fn locked(this: &Stream) -> Result<JsValue, JsValue>;

    #[derive(Clone)]
    pub(crate) type Reader;

    #[wasm_bindgen(method, structural, catch)]
    pub(crate) fn read(this: &Reader) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    pub(super) fn cancel(this: &Reader) -> Result<Thenable, JsValue>;

    /// What a reader gives.
    pub(crate) type ReadResult;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(super) fn done(this: &ReadResult) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    pub(crate) fn value(this: &ReadResult) -> Result<JsValue, JsValue>;

    /// Copies bytes to where there is room for just so many. `Uint8Array::copy_to` asks JavaScript for
    /// their number once more.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    pub(super) fn copy(target: &mut [u8], source: &Uint8Array);

    pub(super) type DataView;

    /// Throws unless it is an `ArrayBuffer` or a `SharedArrayBuffer`, of this realm or another.
    #[wasm_bindgen(constructor, catch)]
    pub(super) fn new(buffer: &JsValue) -> Result<DataView, JsValue>;
}

/// An object that inherits nothing. Otherwise, to set a property would call the setter that a page may have
/// added to `Object.prototype`.
pub(crate) fn bare_object() -> Object {
    Object::create(JsValue::NULL.unchecked_ref())
}
