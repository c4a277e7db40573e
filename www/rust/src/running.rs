//! Futures that belong to a component.

use std::future::Future;

use futures_util::future::{AbortHandle, abortable};
use wasm_bindgen_futures::spawn_local;

/// A future that runs until this is dropped. What it holds is dropped then, a stream for example, and
/// by that its request.
pub(crate) struct Running(AbortHandle);

impl Running {
    pub(crate) fn start(future: impl Future<Output = ()> + 'static) -> Self {
        let (future, handle) = abortable(future);
        spawn_local(async move {
            let _ = future.await;
        });
        Self(handle)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}
