//! Prices, over a connection that keeps breaking.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use wasm_eventsource::event_source::{
    Error, Event, EventSource, Jitter, Message, Reconnect, Strategy,
};
use yew::{
    Callback, Html, Reducible, UseReducerDispatcher, component, html, use_effect_with, use_reducer,
    use_state,
};

use crate::running::Running;

/// The server breaks the connection after so many prices.
const URL: &str = "/ticker?interval=400&retry=1500&cut=25";

/// The data of a message.
#[derive(Deserialize)]
struct Price {
    symbol: String,
    price: f64,
}

#[derive(Clone, Default, PartialEq)]
struct Row {
    price: f64,
    change: f64,
    id: String,
}

/// What is shown of the connection: a word, and a sentence.
#[derive(Clone, PartialEq)]
struct Status {
    name: &'static str,
    detail: String,
}

impl Status {
    fn new(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, detail: detail.into() }
    }
}

#[derive(Clone, PartialEq)]
struct Market {
    rows: BTreeMap<String, Row>,
    /// From which another connection goes on.
    last_event_id: String,
    status: Status,
}

impl Market {
    fn new() -> Self {
        Self {
            rows: BTreeMap::new(),
            last_event_id: String::new(),
            status: Status::new("connecting", ""),
        }
    }

    fn note(&mut self, message: &Message) {
        self.last_event_id = message.last_event_id().into();
        if message.event_type() != "price" {
            return;
        }
        match message.json::<Price>() {
            Ok(Price { symbol, price }) => {
                let row = self.rows.entry(symbol).or_default();
                row.change = if row.id.is_empty() { 0.0 } else { price - row.price };
                row.price = price;
                row.id = message.last_event_id().into();
            }
            Err(error) => self.status.detail = format!("This is no price: {error}"),
        }
    }
}

enum Action {
    Start,
    Stop,
    Event(Result<Event, Error>),
}

impl Reducible for Market {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut market = Rc::unwrap_or_clone(self);
        match action {
            Action::Start => market.status = Status::new("connecting", ""),
            Action::Stop => {
                market.status = Status::new("closed", "You have closed the connection.");
            }
            Action::Event(Ok(Event::Open(_))) => market.status = Status::new("open", ""),
            Action::Event(Ok(Event::Message(message))) => market.note(&message),
            Action::Event(Ok(Event::Lost(loss))) => {
                let delay = loss.retry_in.unwrap_or_default().as_secs_f64();
                let detail = format!("Lost ({}); again in {delay:.1} s.", loss.reason.reason());
                market.status = Status::new("connecting", detail);
            }
            Action::Event(Ok(_)) => {}
            Action::Event(Err(error)) => market.status = Status::new("closed", error.to_string()),
        }
        market.into()
    }
}

async fn follow(last_event_id: String, market: UseReducerDispatcher<Market>) {
    let reconnect = Reconnect::new()
        .strategy(Strategy::Exponential { factor: 2.0 })
        .jitter(Jitter::Equal)
        .statuses([429, 503]);
    let source = EventSource::builder(URL)
        .last_event_id(last_event_id)
        .idle_timeout(Duration::from_secs(30))
        .reconnect(reconnect)
        .connect();
    match source {
        Ok(mut source) => {
            while let Some(event) = source.next().await {
                market.dispatch(Action::Event(event));
            }
        }
        Err(error) => market.dispatch(Action::Event(Err(error))),
    }
}

#[component]
pub(crate) fn Ticker() -> Html {
    let market = use_reducer(Market::new);
    let is_wanted = use_state(|| true);

    let (dispatcher, last_event_id) = (market.dispatcher(), market.last_event_id.clone());
    use_effect_with(*is_wanted, move |&is_wanted| {
        dispatcher.dispatch(if is_wanted { Action::Start } else { Action::Stop });
        let following = is_wanted.then(|| Running::start(follow(last_event_id, dispatcher)));
        move || drop(following)
    });

    let Status { name, detail } = market.status.clone();
    let toggle = {
        let is_wanted = is_wanted.clone();
        Callback::from(move |_| is_wanted.set(!*is_wanted))
    };
    html! {
        <section id="ticker" aria-labelledby="ticker-title">
            <div class="bar">
                <h2 id="ticker-title">{ "Prices" }</h2>
                <strong id="state" data-state={name}>{ name }</strong>
                <button onclick={toggle}>{ if *is_wanted { "Disconnect" } else { "Connect" } }</button>
            </div>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ "Symbol" }</th>
                        <th scope="col">{ "Price" }</th>
                        <th scope="col">{ "Change" }</th>
                        <th scope="col">{ "Event" }</th>
                    </tr>
                </thead>
                <tbody>{ for market.rows.iter().map(|(symbol, row)| show(symbol, row)) }</tbody>
            </table>
            <p class="detail" role="status">{ detail }</p>
        </section>
    }
}

fn show(symbol: &str, row: &Row) -> Html {
    let (class, sign) = match row.change {
        change if change < 0.0 => ("down", "−"),
        change if change > 0.0 => ("up", "+"),
        _ => ("", ""),
    };
    html! {
        <tr key={symbol.to_owned()}>
            <td>{ symbol }</td>
            <td>{ format!("{:.2}", row.price) }</td>
            <td {class}>{ format!("{sign}{:.2}", row.change.abs()) }</td>
            <td>{ &row.id }</td>
        </tr>
    }
}
