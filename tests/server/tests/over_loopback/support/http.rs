//! A small HTTP client that sees the chunks of a body.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer takes so long, unless the server hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// A request to be sent.
pub(crate) struct Request {
    text: String,
    body: Vec<u8>,
}

/// A response whose headers have come.
#[derive(Debug)]
pub(crate) struct Response {
    stream: BufReader<TcpStream>,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    unread: Framing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Framing {
    Chunked,
    Length(usize),
    ToTheEnd,
    Nothing,
}

/// How a body ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BodyEnd {
    Clean,
    Broken,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let text = format!("{method} {target} HTTP/1.1\r\nHost: test\r\n");
        Self { text, body: Vec::new() }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.text += &format!("{name}: {value}\r\n");
        self
    }

    /// Says which host it is for, in the place of `test`.
    pub(crate) fn host(mut self, host: &str) -> Self {
        self.text = self.text.replacen("Host: test", &format!("Host: {host}"), 1);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the request, and waits for nothing.
    pub(crate) fn send(self, to: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let length = format!("Content-Length: {}\r\n\r\n", self.body.len());
        stream.write_all(&[self.text.as_bytes(), length.as_bytes(), &self.body].concat()).unwrap();
        stream
    }

    /// Sends the request, and waits for the headers of its response.
    pub(crate) fn try_answer(self, from: SocketAddr) -> io::Result<Response> {
        Response::read(self.send(from))
    }

    pub(crate) fn answer(self, from: SocketAddr) -> Response {
        self.try_answer(from).unwrap()
    }
}

impl Response {
    fn read(stream: TcpStream) -> io::Result<Self> {
        let mut stream = BufReader::new(stream);
        let status_line = line(&mut stream)?;
        let status: u16 =
            status_line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let mut headers = Vec::new();
        loop {
            let line = line(&mut stream)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(": ").unwrap();
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut response = Self { stream, status, headers, unread: Framing::ToTheEnd };
        if let Some(length) = response.header("content-length") {
            response.unread = Framing::Length(length.parse().unwrap());
        } else if response.header("transfer-encoding") == Some("chunked") {
            response.unread = Framing::Chunked;
        } else if status == 204 || status == 304 {
            response.unread = Framing::Nothing;
        }
        Ok(response)
    }

    /// The values of a header; there may be several.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(other, _)| other == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    /// The next chunk of the body, or the whole body if it is not chunked; nothing after its end.
    pub(crate) fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let framing = std::mem::replace(&mut self.unread, Framing::Nothing);
        let length = match framing {
            Framing::Nothing => return Ok(None),
            Framing::ToTheEnd => {
                let mut body = Vec::new();
                self.stream.read_to_end(&mut body)?;
                return Ok(Some(body));
            }
            Framing::Length(length) => length,
            Framing::Chunked => usize::from_str_radix(&line(&mut self.stream)?, 16).unwrap(),
        };
        let mut chunk = vec![0; length];
        self.stream.read_exact(&mut chunk)?;
        if framing == Framing::Chunked {
            assert_eq!(line(&mut self.stream)?, "");
            if length > 0 {
                self.unread = Framing::Chunked;
            }
        }
        Ok((length > 0).then_some(chunk))
    }

    /// The next chunk, which there has to be.
    pub(crate) fn text(&mut self) -> String {
        String::from_utf8(self.chunk().unwrap().expect("the body has ended")).unwrap()
    }

    /// All further chunks.
    pub(crate) fn chunks(mut self) -> (Vec<Vec<u8>>, BodyEnd) {
        let mut chunks = Vec::new();
        loop {
            match self.chunk() {
                Ok(Some(chunk)) => chunks.push(chunk),
                Ok(None) => return (chunks, BodyEnd::Clean),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    return (chunks, BodyEnd::Broken);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The rest of a body that ends.
    pub(crate) fn rest(self) -> String {
        let (chunks, end) = self.chunks();
        assert_eq!(end, BodyEnd::Clean);
        String::from_utf8(chunks.concat()).unwrap()
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(line) => Ok(line.to_owned()),
        None => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// A text as a part of a query.
pub(crate) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}
