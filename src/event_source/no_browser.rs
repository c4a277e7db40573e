//! In the place of `browser.rs`, where there is none: a connection that cannot be.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{Error, Event, EventSourceBuilder, ReadyState};

pub(super) struct Live {
    never: Infallible,
    /// As in a browser, it is neither `Send` nor `Sync`.
    _not_send: PhantomData<Rc<()>>,
}

impl Live {
    pub(super) fn connect(_: EventSourceBuilder) -> Result<Self, Error> {
        Err(Error::NoBrowser)
    }

    pub(super) fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Event, Error>>> {
        match self.never {}
    }

    pub(super) fn has_ended(&self) -> bool {
        match self.never {}
    }

    pub(super) fn close(&self) {
        match self.never {}
    }

    pub(super) fn last_event_id(&self) -> String {
        match self.never {}
    }

    pub(super) fn ready_state(&self) -> ReadyState {
        match self.never {}
    }

    pub(super) fn reconnection_time(&self) -> Duration {
        match self.never {}
    }
}
