//! A page in Rust that reads event streams: prices as they come, and a chat whose answers come word
//! by word. It is rendered by Yew; nothing here but `running.rs` would differ with another framework.
#![cfg(target_arch = "wasm32")]

mod chat;
mod running;
mod ticker;

use wasm_bindgen::prelude::wasm_bindgen;
use yew::{Html, Renderer, component, html};

use chat::Chat;
use ticker::Ticker;

#[component]
fn Page() -> Html {
    html! {
        <>
            <header>
                <h1>{ "wasm-eventsource in Rust" }</h1>
                <p>{ "Two event streams, read and rendered by one WebAssembly module." }</p>
            </header>
            <main>
                <Ticker />
                <Chat />
            </main>
        </>
    }
}

#[wasm_bindgen(start)]
fn start() {
    Renderer::<Page>::new().render();
}
