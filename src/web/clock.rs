//! Clocks and chance, which the pure core takes as arguments.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Math;

use super::sys;
use crate::connection::Moment;
use crate::reconnection::LONGEST_DELAY;

/// This moment. Its clock is monotonic: that of the system may be set back.
pub(super) fn moment() -> Moment {
    Moment { now: sys::now(), random: Math::random() }
}

/// A timer. A delay of more ms than browsers take is as many as they do.
pub(super) fn timer(delay: f64, callback: impl FnOnce() + 'static) -> Timeout {
    // A cast saturates.
    Timeout::new((delay as u32).min(LONGEST_DELAY), callback)
}

/// Calls back when nothing has restarted it for so long. To restart it costs no timer.
pub(super) struct Deadline {
    limit: f64,
    since: Cell<f64>,
    timer: RefCell<Option<Timeout>>,
    callback: Box<dyn Fn()>,
}

impl Deadline {
    /// Starts. `limit` is in ms, and finite.
    pub(super) fn new(limit: f64, callback: impl Fn() + 'static) -> Rc<Self> {
        let deadline = Rc::new(Self {
            limit,
            since: Cell::new(sys::now()),
            timer: RefCell::default(),
            callback: Box::new(callback),
        });
        deadline.wait(limit);
        deadline
    }

    /// Starts anew.
    pub(super) fn restart(&self) {
        self.since.set(sys::now());
    }

    fn wait(self: &Rc<Self>, delay: f64) {
        let weak = Rc::downgrade(self);
        let timer = timer(delay, move || {
            let Some(deadline) = weak.upgrade() else { return };
            let left = deadline.since.get() + deadline.limit - sys::now();
            // Timers are of whole ms, and may fire a fraction of one early.
            if left >= 1.0 { deadline.wait(left) } else { (deadline.callback)() }
        });
        self.timer.replace(Some(timer));
    }
}
