//! Whose image it is: the proxy's or that of the application beside it.

use super::reader::Reader;
use super::spot::{Place, Said, Trouble, path_of, put};
use crate::intent::Sidecar;
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// What the image of a proxy says of itself.
const OF_PROXIES: &[&str] = &["envoy", "proxy", "sidecar"];

/// The most tokens from an application to what it listens on.
const MAX_TO_PORT: usize = 3;

impl Reader<'_> {
    /// An image whose owner only its own name or what stands beside it tells.
    pub(super) fn image(&mut self, image: Option<String>, owner: Option<&str>) -> Said {
        let Place::Sidecar(at) = self.here()?.place else { return Err(Trouble::NotHere) };
        let path = path_of(Place::Sidecar(at));
        let sidecar = self.intent.sidecars.get_mut(at).ok_or(Trouble::NotHere)?;
        let Some(image) = image else {
            return if *sidecar == Sidecar::default() { Err(Trouble::NotHere) } else { Ok(path) };
        };
        let is_of_proxy = |text: &str| OF_PROXIES.iter().any(|word| text.to_lowercase().contains(word));
        if is_of_proxy(owner.unwrap_or(&image)) {
            return put(&mut sidecar.image, image, &path, "image");
        }
        let node = sidecar.virtual_node.clone();
        let is_said = owner.is_some() || self.words.clone().any(|at| self.is_symbol(at, &["application", "run"]));
        if !is_said {
            let is_named_so = node.is_some_and(|node| repository(&image).eq_ignore_ascii_case(&node));
            let why = if is_named_so {
                "its last part is the application's name, and no part is a proxy's"
            } else if self.tells_of_application() {
                "it stands beside what the application listens on, and no part of it is a proxy's name"
            } else {
                let text = format!(
                    "Is `{image}` the image of the application or of the proxy? Say `application image` or `proxy image`."
                );
                let words = self.words.clone();
                self.ask(&text, words.start, words.end);
                return Ok(path);
            };
            let what = format!("`{image}` is the image of the application");
            self.assumptions.push(Assumption { what, why: why.to_owned() });
        }
        put(&mut self.intent.sidecars[at].application_image, image, &path, "applicationImage")
    }

    /// Whether the sentence has said before what an application listens on: "app listening on 8080, image …".
    fn tells_of_application(&self) -> bool {
        let start = self.begin_of_sentence();
        let is_port = |at: usize| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
        let listens = |at: usize| {
            let near = at + 1..at + 1 + MAX_TO_PORT;
            near.take_while(|at| self.low(*at) != ",").any(|at| self.is_symbol(at, &["listen", "port"]) || is_port(at))
        };
        (start..self.words.start)
            .any(|at| self.is_symbol(at, &["app-port"]) || self.is_symbol(at, &["application"]) && listens(at))
    }
}

/// The last part of an image's repository: `orders` of `registry.example.com/team/orders:1.4`.
fn repository(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split([':', '@']).next().unwrap_or(last)
}
