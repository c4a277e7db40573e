//! The engine behind an `EventSource`. Options and losses cross as objects, whose members go by their
//! names.

use std::rc::Rc;

use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::{begins_in_ascii, remarks};
use crate::batch::Batch;
use crate::connection::{ConnectionOptions, Decision, Standing};
use crate::error::Failure;
use crate::reconnection::{Jitter, Policy, Progress, Strategy};
use crate::web::driver::{Driver, DriverOptions};
use crate::web::receiver::{LossEvent, Receiver};
use crate::web::request::RequestOptions;
use crate::web::sys::{Response, bare_object};

#[wasm_bindgen(typescript_custom_section)]
const DECLARATIONS: &str = r#"
/** What a source is to do, checked. Times are in ms, and infinity is no limit. */
export interface SourceOptions {
  /** Absolute, and without user info. */
  url: string
  /** The origin of the page; undefined where there is none, so that CORS refuses nothing. */
  pageOrigin: string | undefined
  isGet: boolean
  /** Whether the user adds what may be a secret: headers, or a `fetch`. */
  mayLeak: boolean
  /** Whether a request without CORS may be sent to find out what a failure means. */
  mayProbe: boolean
  /** The members of the second argument of `fetch` that are the same for all requests. */
  init: RequestInit
  /** What `fetch` takes, or a function of the attempt. */
  headers: unknown
  body: unknown
  fetch: Function | undefined
  /** The query parameter for the last event ID; undefined for the header. */
  query: string | undefined
  lastEventId: string
  maxEventSize: number
  keepsComments: boolean
  connectTimeout: number
  idleTimeout: number
  pauseWhenHidden: boolean
  /** When the source was made, on the clock of `performance.now()`. */
  madeAt: number
  /** Aborted when the source is over; to be aborted if the engine crashes. */
  lifetime: AbortController
  asksTheUser: boolean
  repeats: boolean
  statuses: Uint16Array | undefined
  strategy: 'constant' | 'linear' | 'exponential'
  factor: number
  jitter: 'none' | 'full' | 'equal' | 'decorrelated'
  delay: number
  minDelay: number
  maxDelay: number
  maxAttempts: number
  resetAfter: number
  /** What is read once in the place of responses; then no request is ever sent. */
  reader: ReadableStreamDefaultReader | undefined
  /** Whether it takes the place of a source whose engine has crashed. */
  hasCrashed: boolean
  /** What it goes on from, if it takes the place of another source. */
  standing: Standing | undefined
  /** How long its first attempt waits, if it takes the place of another source. */
  firstDelay: number
}

/** Where a source stands in reconnecting, for another one that takes its place. Times are in ms. */
export interface Standing {
  /** The reconnection time that the server has set; null if it has set none. */
  reconnectionTime: number | null
  /** How many attempts and connections in a row have been lost. */
  losses: number
  /** How many attempts among them have failed. */
  failures: number
  /** The last delay; null if there was none. */
  lastDelay: number | null
}

/** What is told of a loss. */
export interface LossDetail {
  reason: string
  /** The HTTP status, where that is the reason. */
  status: number | null
  attempt: number
  /** In ms; null where there will be no further attempt. */
  retryIn: number | null
  /** Whether nothing more was to come. */
  isComplete: boolean
  /** The URL that was asked. */
  url: string
  isCrossOrigin: boolean
  sentLastEventId: boolean
}

/** What the engine calls. */
export interface SourceReceiver {
  /**
   * An attempt begins. The controller is to be aborted if the engine crashes. Returns what the user's
   * functions for headers and body are to be called with.
   */
  attempt(number: number, lastEventId: string, controller: AbortController): unknown
  /** The connection is established. There is no response where there is a reader. */
  open(response: Response | undefined, origin: string): void
  /** Messages have come: see `deliver` of a {@link DecoderReceiver}. Returns what to wait for before
   * further ones are read. */
  deliver(batch: Uint8Array, beginsInAscii: boolean, remarks: Uint8Array | undefined): Promise<unknown> | undefined
  /** The server has set the reconnection time, in ms. */
  setReconnectionTime(time: number): void
  /** Asks the user whether to go on: a number is a delay in ms, undefined what would happen anyway. */
  decide(loss: LossDetail, response: Response | undefined, error: unknown): Promise<boolean | number | null | undefined>
  /** The connection is lost, or was never established. */
  lose(loss: LossDetail, response: Response | undefined, error: unknown): void
}
"#;

#[wasm_bindgen]
extern "C" {
    /// An object that crosses, whose members go by their names.
    pub type Members;

    #[wasm_bindgen(method, structural, indexing_getter)]
    fn number(this: &Members, name: &str) -> f64;

    #[wasm_bindgen(method, structural, indexing_getter)]
    fn value(this: &Members, name: &str) -> JsValue;

    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set(this: &Members, name: &str, value: JsValue);

    /// See the declaration in TypeScript.
    #[wasm_bindgen(extends = Members, typescript_type = "SourceOptions")]
    pub type SourceOptions;

    /// See the declaration of `Standing` in TypeScript.
    #[wasm_bindgen(extends = Members, typescript_type = "Standing")]
    pub type JsStanding;

    /// See the declaration in TypeScript.
    #[wasm_bindgen(typescript_type = "SourceReceiver")]
    pub type SourceReceiver;

    #[wasm_bindgen(method, catch)]
    fn attempt(
        this: &SourceReceiver,
        number: u32,
        last_event_id: &str,
        controller: &AbortController,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn open(
        this: &SourceReceiver,
        response: Option<&Response>,
        origin: &str,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn deliver(
        this: &SourceReceiver,
        batch: &[u8],
        begins_in_ascii: bool,
        remarks: Option<&[u8]>,
    ) -> Result<Option<Promise>, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setReconnectionTime)]
    fn set_reconnection_time(this: &SourceReceiver, time: f64) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn decide(
        this: &SourceReceiver,
        loss: &LossDetail,
        response: Option<Response>,
        error: &JsValue,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn lose(
        this: &SourceReceiver,
        loss: &LossDetail,
        response: Option<Response>,
        error: &JsValue,
    ) -> Result<(), JsValue>;

    /// See the declaration in TypeScript.
    #[wasm_bindgen(extends = Members, typescript_type = "LossDetail")]
    type LossDetail;
}

/// The engine behind one `EventSource`.
#[wasm_bindgen]
pub struct Source {
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl Source {
    /// Connects, soon after this returns.
    #[wasm_bindgen(constructor)]
    pub fn connect(options: &SourceOptions, receiver: SourceReceiver) -> Source {
        Source { driver: Driver::start(options.read(), Box::new(receiver)) }
    }

    /// The `readyState`.
    #[wasm_bindgen(getter, js_name = readyState)]
    pub fn ready_state(&self) -> u8 {
        self.driver.ready_state() as u8
    }

    /// The last event ID string.
    #[wasm_bindgen(getter, js_name = lastEventId)]
    pub fn last_event_id(&self) -> JsString {
        self.driver.last_event_id().into()
    }

    /// The reconnection time in ms when a message of the batch was dispatched that is being delivered, by
    /// its number from 0 on, or as it is now.
    #[wasm_bindgen(js_name = reconnectionTime)]
    pub fn reconnection_time(&self, message: Option<u32>) -> f64 {
        self.driver.reconnection_time(message)
    }

    /// What another source would go on from that takes the place of this one.
    #[wasm_bindgen(getter)]
    pub fn standing(&self) -> JsStanding {
        let Standing { reconnection_time, progress } = self.driver.standing();
        let Progress { losses, failures, last_delay } = progress;
        let standing: JsStanding = bare_object().unchecked_into();
        standing.set("reconnectionTime", or_null(reconnection_time));
        standing.set("losses", losses.into());
        standing.set("failures", failures.into());
        standing.set("lastDelay", or_null(last_delay));
        standing
    }

    /// What follows is a stream of its own: drops what is unfinished.
    pub fn reset(&self) {
        self.driver.reset();
    }

    /// Closes for good: no call follows.
    pub fn close(&self) {
        self.driver.close();
    }
}

impl SourceOptions {
    fn flag(&self, name: &str) -> bool {
        self.value(name).is_truthy()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.value(name).as_string()
    }

    fn read(&self) -> DriverOptions {
        let factor = self.number("factor");
        DriverOptions {
            connection: ConnectionOptions {
                url: self.text("url").unwrap_or_default(),
                page_origin: self.text("pageOrigin"),
                is_get: self.flag("isGet"),
                may_leak: self.flag("mayLeak"),
                may_probe: self.flag("mayProbe"),
                reconnection: Policy {
                    strategy: match self.text("strategy").as_deref() {
                        Some("linear") => Strategy::Linear { factor },
                        Some("exponential") => Strategy::Exponential { factor },
                        _ => Strategy::Constant,
                    },
                    jitter: match self.text("jitter").as_deref() {
                        Some("full") => Jitter::Full,
                        Some("equal") => Jitter::Equal,
                        Some("decorrelated") => Jitter::Decorrelated,
                        _ => Jitter::None,
                    },
                    delay: self.number("delay"),
                    min_delay: self.number("minDelay"),
                    max_delay: self.number("maxDelay"),
                    max_attempts: self.number("maxAttempts"),
                    reset_after: self.number("resetAfter"),
                },
                repeats: self.flag("repeats"),
                statuses: self
                    .value("statuses")
                    .dyn_into::<js_sys::Uint16Array>()
                    .ok()
                    .map(|statuses| statuses.to_vec()),
                asks_the_user: self.flag("asksTheUser"),
                last_event_id: self.text("lastEventId").unwrap_or_default().into_bytes(),
                // A cast saturates.
                max_event_size: self.number("maxEventSize") as usize,
                keeps_comments: self.flag("keepsComments"),
            },
            request: RequestOptions {
                init: self.value("init").unchecked_into(),
                headers: self.value("headers"),
                body: self.value("body"),
                fetch: self.value("fetch").dyn_into().ok(),
                query: self.text("query"),
            },
            connect_timeout: self.number("connectTimeout"),
            idle_timeout: self.number("idleTimeout"),
            pause_when_hidden: self.flag("pauseWhenHidden"),
            made_at: Some(self.number("madeAt")),
            lifetime: Some(self.value("lifetime").unchecked_into()),
            reader: Some(self.value("reader"))
                .filter(JsValue::is_object)
                .map(JsCast::unchecked_into),
            lost: self.flag("hasCrashed").then_some(Failure::Internal),
            standing: self.standing(),
            first_delay: self.number("firstDelay"),
        }
    }

    fn standing(&self) -> Option<Standing> {
        let standing = Some(self.value("standing")).filter(JsValue::is_object)?;
        let standing: JsStanding = standing.unchecked_into();
        Some(Standing {
            // A cast saturates.
            reconnection_time: standing.value("reconnectionTime").as_f64().map(|time| time as u32),
            progress: Progress {
                losses: standing.number("losses") as u32,
                failures: standing.number("failures") as u32,
                last_delay: standing.value("lastDelay").as_f64(),
            },
        })
    }
}

impl Receiver for SourceReceiver {
    fn attempt(&self, number: u32, last_event_id: &str, controller: &AbortController) -> JsValue {
        report(self.attempt(number, last_event_id, controller)).unwrap_or_default()
    }

    fn open(&self, response: Option<&Response>, origin: &str) {
        report(self.open(response, origin));
    }

    fn deliver(&self, batch: &Batch) -> Option<Promise> {
        let finished = batch.finished();
        report(self.deliver(finished, begins_in_ascii(finished), remarks(batch))).flatten()
    }

    fn set_reconnection_time(&self, time: f64) {
        report(self.set_reconnection_time(time));
    }

    fn decide(&self, event: LossEvent) -> JsValue {
        let detail = detail(&event);
        self.decide(&detail, event.response, &event.error).unwrap_or_else(|error| {
            // The same as from a function that is async.
            Promise::reject(&error).into()
        })
    }

    fn decision(&self, answer: Result<JsValue, JsValue>) -> Decision {
        let Some(answer) = report(answer) else { return Decision::GiveUp };
        match answer.as_f64() {
            // A cast saturates.
            Some(delay) => Decision::After(delay as u32),
            None if answer.is_undefined() => Decision::Unasked,
            None if answer.is_truthy() => Decision::Continue,
            None => Decision::GiveUp,
        }
    }

    fn lose(&self, event: LossEvent) {
        report(self.lose(&detail(&event), event.response, &event.error));
    }
}

fn detail(event: &LossEvent) -> LossDetail {
    let LossEvent { loss, .. } = event;
    let detail: LossDetail = bare_object().unchecked_into();
    detail.set("reason", loss.failure.reason().into());
    detail.set("status", or_null(loss.failure.status()));
    detail.set("attempt", loss.attempt.into());
    detail.set("retryIn", or_null(loss.retry_in));
    detail.set("isComplete", event.is_complete.into());
    detail.set("url", event.url.as_str().into());
    detail.set("isCrossOrigin", event.is_cross_origin.into());
    detail.set("sentLastEventId", event.has_sent_id.into());
    detail
}

fn or_null<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::NULL, T::into)
}

/// Reports what must not hold up the stream: it becomes an unhandled rejection, of which every runtime
/// tells. What listeners throw is reported where they are called.
fn report<T>(result: Result<T, JsValue>) -> Option<T> {
    result.map_err(|error| drop(Promise::reject(&error))).ok()
}
