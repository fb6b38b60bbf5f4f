//! Calls of gRPC over bodies of HTTP/2: requests out of the bytes that come, responses as they are written.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use http::HeaderMap;
use hyper::body::{Body, Frame, Incoming};
use prost::Message;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tonic::Status;

use crate::request::Protocol;
use crate::session::Response;
use crate::wire::{PREFIX, Written};

/// The most bytes of a request: Envoy names every resource that it asks for.
const MAX_REQUEST: usize = 4 << 20;

/// The requests of a stream.
#[derive(Debug)]
pub(crate) struct Requests<A> {
    body: Incoming,
    /// What has come of the next one.
    buffer: BytesMut,
    asking: PhantomData<fn() -> A>,
}

impl<A: Message + Default> Requests<A> {
    pub(crate) fn of(body: Incoming) -> Self {
        Self { body, buffer: BytesMut::new(), asking: PhantomData }
    }
}

/// The next request, where it is whole.
fn take<A: Message + Default>(buffer: &mut BytesMut) -> Result<Option<A>, Status> {
    let Some(&[is_compressed, length @ ..]) = buffer.first_chunk::<PREFIX>() else { return Ok(None) };
    if is_compressed != 0 {
        return Err(Status::unimplemented("a request must not be compressed"));
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX_REQUEST {
        return Err(Status::resource_exhausted(format!("a request may have {MAX_REQUEST} bytes, and not {length}")));
    }
    if buffer.len() < PREFIX + length {
        return Ok(None);
    }
    buffer.advance(PREFIX);
    let message = buffer.split_to(length);
    if buffer.is_empty() {
        // A proxy that waits holds no memory for what it said.
        *buffer = BytesMut::new();
    }
    A::decode(message).map(Some).map_err(|why| Status::invalid_argument(format!("the request is none: {why}")))
}

impl<A: Message + Default> Stream for Requests<A> {
    type Item = Result<A, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(taken) = take(&mut self.buffer).transpose() {
                return Poll::Ready(Some(taken));
            }
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(why)) => return Poll::Ready(Some(Err(Status::cancelled(why.to_string())))),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
            }
        }
    }
}

/// The responses of a stream; nothing where a call is answered by its head alone.
#[derive(Debug, Default)]
pub(crate) struct Responses(Option<Source>);

/// Where responses come from.
enum Source {
    /// What a proxy is sent, written when it is ready for that.
    Talk(Talk),
    /// What is written already, by a task of its own.
    Written(mpsc::Receiver<Result<Written, Status>>),
}

/// A conversation that goes on as its responses are taken: a proxy needs no task beside those of its connection, and nobody is woken for a
/// response.
struct Talk {
    protocol: Protocol,
    /// `None` where it has ended.
    rest: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    responses: mpsc::Receiver<Result<Response, Status>>,
}

impl Talk {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Written, Status>>> {
        loop {
            if let Ok(response) = self.responses.try_recv() {
                return Poll::Ready(Some(response.map(|own| Written::of(&own, self.protocol))));
            }
            let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
            match rest.as_mut().poll(context) {
                Poll::Ready(()) => self.rest = None,
                Poll::Pending if self.responses.is_empty() => return Poll::Pending,
                Poll::Pending => {}
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Talk(_) => "Talk",
            Self::Written(_) => "Written",
        })
    }
}

impl Source {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Written, Status>>> {
        match self {
            Self::Talk(talk) => talk.poll_next(context),
            Self::Written(responses) => responses.poll_recv(context),
        }
    }
}

impl Responses {
    pub(crate) fn of(
        protocol: Protocol,
        talk: impl Future<Output = ()> + Send + 'static,
        responses: mpsc::Receiver<Result<Response, Status>>,
    ) -> Self {
        Self(Some(Source::Talk(Talk { protocol, rest: Some(Box::pin(talk)), responses })))
    }

    pub(crate) fn written(responses: mpsc::Receiver<Result<Written, Status>>) -> Self {
        Self(Some(Source::Written(responses)))
    }
}

impl Body for Responses {
    type Data = Written;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Written>, Infallible>>> {
        let Some(source) = &mut self.0 else { return Poll::Ready(None) };
        let status = match ready!(source.poll_next(context)) {
            Some(Ok(written)) => return Poll::Ready(Some(Ok(Frame::data(written)))),
            Some(Err(status)) => status,
            None => Status::ok(""),
        };
        self.0 = None;
        let mut trailers = HeaderMap::new();
        // A reason that is no header is left out.
        let _ = status.add_header(&mut trailers);
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }
}

#[cfg(test)]
mod tests {
    use meshwright_envoy::envoy::service::discovery::v3::DiscoveryRequest;
    use prost::Message as _;

    use super::*;

    fn request(name: &str) -> Vec<u8> {
        let message = DiscoveryRequest { resource_names: vec![name.to_owned()], ..DiscoveryRequest::default() };
        let message = message.encode_to_vec();
        [&[0][..], &u32::try_from(message.len()).unwrap().to_be_bytes(), &message].concat()
    }

    #[test]
    fn requests_are_taken_once_they_are_whole() {
        let bytes = [request("a"), request("b")].concat();
        let mut buffer = BytesMut::new();
        let mut names = Vec::new();
        for byte in bytes {
            buffer.extend_from_slice(&[byte]);
            while let Some(own) = take::<DiscoveryRequest>(&mut buffer).unwrap() {
                names.extend(own.resource_names);
            }
        }
        assert_eq!(names, ["a", "b"]);
        assert_eq!(buffer.capacity(), 0, "nothing is held for a proxy that waits");
    }

    #[test]
    fn what_is_no_request_is_told_why() {
        let why = |bytes: &[u8]| take::<DiscoveryRequest>(&mut BytesMut::from(bytes)).unwrap_err();
        assert_eq!(why(b"\x01\0\0\0\0").message(), "a request must not be compressed");
        assert_eq!(why(b"\0\x7f\0\0\0").message(), "a request may have 4194304 bytes, and not 2130706432");
        assert!(why(b"\0\0\0\0\x02\xff\xff").message().starts_with("the request is none: "));
    }
}
