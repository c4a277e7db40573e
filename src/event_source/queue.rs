//! Events on their way from the connection to whoever polls for them.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{Error, Event, Loss};

/// How much text may wait, in bytes, before the connection is to stop reading.
const CAPACITY: usize = 64 * 1024;

/// What an event weighs beside its data.
const WEIGHT: usize = 64;

/// What is known of the body of a refused response, once it is.
pub(super) type Excerpt = Rc<OnceCell<String>>;

/// A queue that tells when it is full, and knows whom to wake.
#[derive(Default)]
pub(super) struct Queue {
    items: VecDeque<Item>,
    weight: usize,
    waker: Option<Waker>,
    has_ended: bool,
}

struct Item {
    event: Result<Event, Error>,
    /// What the item waits for, and all behind it.
    excerpt: Option<Excerpt>,
}

impl Queue {
    /// Puts an event in, which is an error only if it is the last one.
    pub(super) fn push(&mut self, event: Result<Event, Error>, excerpt: Option<Excerpt>) {
        self.weight += weight(&event);
        self.items.push_back(Item { event, excerpt });
    }

    /// Nothing follows.
    pub(super) fn end(&mut self) {
        self.has_ended = true;
    }

    /// Nothing follows, and what is left is dropped.
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.weight = 0;
        self.end();
    }

    /// Whether the connection is to stop reading.
    pub(super) fn is_full(&self) -> bool {
        self.weight > CAPACITY
    }

    /// Whether all that has come has been polled.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether nothing will come any more.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended && self.is_empty()
    }

    /// Whom to wake, if there is something to poll. Not while this is borrowed: it may poll at once.
    pub(super) fn waker(&mut self) -> Option<Waker> {
        self.waker.take()
    }

    pub(super) fn poll(&mut self, context: &Context<'_>) -> Poll<Option<Result<Event, Error>>> {
        let is_waiting = self.items.front().is_some_and(|item| {
            item.excerpt.as_ref().is_some_and(|excerpt| excerpt.get().is_none())
        });
        match if is_waiting { None } else { self.items.pop_front() } {
            Some(Item { mut event, excerpt }) => {
                self.weight -= weight(&event);
                if let (Some(loss), Some(excerpt)) = (loss_of(&mut event), excerpt) {
                    loss.body = excerpt.get().cloned().unwrap_or_default();
                }
                Poll::Ready(Some(event))
            }
            None if self.has_ended() => Poll::Ready(None),
            None => {
                self.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

fn weight(event: &Result<Event, Error>) -> usize {
    match event {
        Ok(Event::Message(message)) => message.data().len() + WEIGHT,
        _ => WEIGHT,
    }
}

fn loss_of(event: &mut Result<Event, Error>) -> Option<&mut Loss> {
    match event {
        Ok(Event::Lost(loss)) => Some(loss),
        Err(Error::Lost(loss)) => Some(loss),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;
    use crate::event_source::{Headers, Message};

    fn message(data: &str) -> Result<Event, Error> {
        Ok(Event::Message(Message::new("message", data, "")))
    }

    fn loss(body: &str) -> Loss {
        Loss {
            reason: Failure::Status(503),
            attempt: 1,
            retry_in: None,
            url: "https://a.example/".into(),
            headers: Headers::default(),
            body: body.into(),
            cause: None,
            has_sent_id_elsewhere: false,
        }
    }

    fn poll(queue: &mut Queue) -> Poll<Option<Result<Event, Error>>> {
        queue.poll(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn events_come_in_their_order_and_then_none_for_ever() {
        let mut queue = Queue::default();
        assert!(poll(&mut queue).is_pending());
        queue.push(message("a"), None);
        queue.push(message("b"), None);
        queue.end();
        assert!(!queue.has_ended());
        assert_eq!(poll(&mut queue), Poll::Ready(Some(message("a"))));
        assert_eq!(poll(&mut queue), Poll::Ready(Some(message("b"))));
        assert!(queue.has_ended());
        assert_eq!(poll(&mut queue), Poll::Ready(None));
        assert_eq!(poll(&mut queue), Poll::Ready(None));
    }

    #[test]
    fn it_is_full_until_enough_has_been_polled() {
        let mut queue = Queue::default();
        let half = "x".repeat(CAPACITY / 2 - WEIGHT);
        queue.push(message(&half), None);
        queue.push(message(&half), None);
        assert!(!queue.is_full());
        queue.push(message(""), None);
        assert!(queue.is_full());
        assert!(poll(&mut queue).is_ready());
        assert!(!queue.is_full());
    }

    #[test]
    fn many_events_without_data_fill_it_too() {
        let mut queue = Queue::default();
        for _ in 0..=CAPACITY / WEIGHT {
            assert!(!queue.is_full());
            queue.push(message(""), None);
        }
        assert!(queue.is_full());
    }

    #[test]
    fn a_loss_waits_for_what_is_read_of_the_body_and_holds_up_what_follows() {
        for last in [false, true] {
            let mut queue = Queue::default();
            let wrap = |body| match last {
                false => Ok(Event::Lost(loss(body))),
                true => Err(Error::Lost(Box::new(loss(body)))),
            };
            let excerpt = Excerpt::default();
            queue.push(wrap(""), Some(Excerpt::clone(&excerpt)));
            queue.push(message("after"), None);
            assert!(poll(&mut queue).is_pending());
            assert!(queue.waker().is_some());
            excerpt.set("busy".into()).unwrap();
            assert_eq!(poll(&mut queue), Poll::Ready(Some(wrap("busy"))));
            assert_eq!(poll(&mut queue), Poll::Ready(Some(message("after"))));
        }
    }

    #[test]
    fn what_is_cleared_is_dropped() {
        let mut queue = Queue::default();
        queue.push(message(&"x".repeat(2 * CAPACITY)), None);
        queue.clear();
        assert!(!queue.is_full());
        assert_eq!(poll(&mut queue), Poll::Ready(None));
    }
}
