//! A small reader of event streams, for whole bodies.

/// A dispatched event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) event_type: String,
    pub(crate) data: String,
    pub(crate) last_event_id: String,
}

/// A client's side of a series of event streams.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    pub(crate) events: Vec<Event>,
    pub(crate) last_event_id: String,
    pub(crate) retry: Option<u64>,
}

impl EventReader {
    /// Reads the whole body of one connection.
    pub(crate) fn read(&mut self, body: &[u8]) {
        let text = String::from_utf8_lossy(body).replace("\r\n", "\n").replace('\r', "\n");
        // What follows the last end of line is not a line.
        let Some((lines, _)) = text.rsplit_once('\n') else { return };
        let mut event_type = String::new();
        let mut data = Vec::new();
        let mut id = self.last_event_id.clone();
        for line in lines.split('\n') {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => event_type = value.to_owned(),
                "data" => data.push(value),
                "id" => id = value.to_owned(),
                "retry" => self.retry = value.parse().ok(),
                _ if line.is_empty() => {
                    self.last_event_id.clone_from(&id);
                    let event_type = std::mem::take(&mut event_type);
                    if !data.is_empty() {
                        self.events.push(Event {
                            event_type: if event_type.is_empty() {
                                "message".to_owned()
                            } else {
                                event_type
                            },
                            data: std::mem::take(&mut data).join("\n"),
                            last_event_id: id.clone(),
                        });
                    }
                }
                _ => {}
            }
        }
    }
}
