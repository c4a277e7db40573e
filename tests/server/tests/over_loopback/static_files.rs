//! The files of `--root`.

use std::fs;
use std::path::PathBuf;

use crate::support::{Request, Server, server};

#[test]
fn are_served_on_both_origins() {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("root");
    fs::create_dir_all(root.join("pages")).unwrap();
    for name in ["a.js", "a.mjs", "a.wasm", "a.css", "pages/index.html"] {
        fs::write(root.join(name), name).unwrap();
    }
    let server = Server::start(&["--root", root.to_str().unwrap()]);
    for (path, content, content_type) in [
        ("/a.js", "a.js", "text/javascript"),
        ("/a.mjs", "a.mjs", "application/javascript"),
        ("/a.wasm", "a.wasm", "application/wasm"),
        ("/a.css", "a.css", "text/css"),
        ("/pages/", "pages/index.html", "text/html"),
        ("/a.js?version=1", "a.js", "text/javascript"),
    ] {
        for origin in [server.origin, server.second_origin] {
            let response = Request::get(path).answer(origin);
            assert_eq!(response.status, 200, "{path}");
            assert_eq!(response.header("content-type"), Some(content_type), "{path}");
            assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
            assert_eq!(response.rest(), content);
        }
    }
    assert_eq!(Request::get("/b.js").answer(server.origin).status, 404);
    assert_eq!(Request::get("/../Cargo.toml").answer(server.origin).status, 404);
    assert_eq!(Request::get("/raw?body=x").answer(server.origin).rest(), "x");
}

#[test]
fn are_not_there_without_a_root() {
    assert_eq!(Request::get("/a.js").answer(server().origin).status, 404);
}
