//! A chat whose answers come word by word, each as the stream of a POST.

use std::rc::Rc;

use serde::Deserialize;
use wasm_eventsource::event_source::{self, Error, EventSource, HookResult};
use web_sys::HtmlInputElement;
use yew::{
    Callback, Event, Html, Reducible, SubmitEvent, UseReducerDispatcher, component, html,
    use_mut_ref, use_node_ref, use_reducer, use_state,
};

use crate::running::Running;

/// It answers with what it is sent.
const URL: &str = "/echo?pause=80";

/// The message behind the last word.
const END: &str = "[DONE]";

/// The data of a message.
#[derive(Deserialize)]
struct Word {
    token: String,
}

/// A question, and what has come of its answer.
#[derive(Clone, PartialEq)]
struct Turn {
    question: String,
    answer: String,
    error: Option<String>,
}

#[derive(Clone, Default, PartialEq)]
struct Talk {
    turns: Vec<Turn>,
    is_answering: bool,
}

enum Action {
    Ask(String),
    Word(String),
    End(Option<String>),
}

impl Reducible for Talk {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut talk = Rc::unwrap_or_clone(self);
        match (action, talk.turns.last_mut()) {
            (Action::Ask(question), _) => {
                talk.turns.push(Turn { question, answer: String::new(), error: None });
                talk.is_answering = true;
            }
            (Action::Word(word), Some(turn)) => turn.answer.push_str(&word),
            (Action::End(error), Some(turn)) => {
                turn.error = error;
                talk.is_answering = false;
            }
            (_, None) => {}
        }
        talk.into()
    }
}

/// Reads an answer to its end. An error of any kind ends it.
async fn answer(
    question: String,
    is_signed_in: bool,
    talk: &UseReducerDispatcher<Talk>,
) -> HookResult<()> {
    let mut builder = EventSource::builder(URL).method("POST").text(question);
    if is_signed_in {
        builder = builder.header("Authorization", "Bearer demo");
    }
    let mut source = builder.connect()?;
    while let Some(event) = source.next().await {
        if let event_source::Event::Message(message) = event.map_err(in_full)? {
            if message.data() == END {
                break;
            }
            talk.dispatch(Action::Word(message.json::<Word>()?.token));
        }
    }
    Ok(())
}

/// What has happened, and what the server says of it.
fn in_full(error: Error) -> String {
    match error.body() {
        Some(body) if !body.is_empty() => format!("{error} {body}"),
        _ => error.to_string(),
    }
}

#[component]
pub(crate) fn Chat() -> Html {
    let talk = use_reducer(Talk::default);
    // Dropped with the component, and by that the request.
    let answering = use_mut_ref(|| None::<Running>);
    let text = use_node_ref();
    let is_signed_in = use_state(|| true);

    let ask = {
        let (talk, answering) = (talk.dispatcher(), Rc::clone(&answering));
        let (text, is_signed_in) = (text.clone(), *is_signed_in);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(text) = text.cast::<HtmlInputElement>() else { return };
            let question = text.value();
            if question.trim().is_empty() {
                return;
            }
            text.set_value("");
            talk.dispatch(Action::Ask(question.clone()));
            let talk = talk.clone();
            *answering.borrow_mut() = Some(Running::start(async move {
                let result = answer(question, is_signed_in, &talk).await;
                talk.dispatch(Action::End(result.err().map(|error| error.to_string())));
            }));
        })
    };
    let stop = {
        let (talk, answering) = (talk.dispatcher(), Rc::clone(&answering));
        Callback::from(move |_| {
            answering.borrow_mut().take();
            talk.dispatch(Action::End(Some("You have stopped the answer.".into())));
        })
    };
    let sign = {
        let is_signed_in = is_signed_in.clone();
        Callback::from(move |_: Event| is_signed_in.set(!*is_signed_in))
    };
    html! {
        <section id="chat" aria-labelledby="chat-title">
            <div class="bar">
                <h2 id="chat-title">{ "Chat" }</h2>
                <label>
                    <input id="signed-in" type="checkbox" checked={*is_signed_in} onchange={sign} />
                    { "signed in" }
                </label>
            </div>
            <div class="turns">
                <ol aria-live="polite">{ for talk.turns.iter().map(show) }</ol>
            </div>
            <form onsubmit={ask}>
                <input ref={text} id="question" aria-label="Your message" autocomplete="off"
                    placeholder="It repeats what you say" />
                if talk.is_answering {
                    <button id="stop" type="button" onclick={stop}>{ "Stop" }</button>
                } else {
                    <button id="send">{ "Send" }</button>
                }
            </form>
        </section>
    }
}

fn show(turn: &Turn) -> Html {
    html! {
        <li>
            <p class="question">{ &turn.question }</p>
            <p class="answer">{ &turn.answer }</p>
            if let Some(error) = &turn.error {
                <p class="error">{ error }</p>
            }
        </li>
    }
}
