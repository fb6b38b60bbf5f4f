//! Values that are written in one piece and hold marks: media types, images, regular expressions.

/// Top-level media types. Source: IANA, Media Types.
const MEDIA_TYPES: &[&str] =
    &["application", "audio", "font", "image", "message", "model", "multipart", "text", "video"];

/// Versions of HTTP, as they follow its name and a slash.
const HTTP_VERSIONS: &[&str] = &["0.9", "1", "1.0", "1.1", "2", "2.0", "3", "3.0"];

/// What closes a piece and belongs to the sentence.
const CLOSING: &[char] = &[',', ';', ')', '.', ':', '!', '?', '\'', '"', '’'];

/// The piece that a text starts with: up to a space, without the marks of the sentence.
fn piece(rest: &str) -> &str {
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    rest[..length].trim_end_matches(CLOSING)
}

/// How far a media type goes: `multipart/form-data`.
pub(super) fn media_type(rest: &str, word: &str) -> Option<usize> {
    let is_known = MEDIA_TYPES.contains(&word.to_ascii_lowercase().as_str());
    let subtype = rest[word.len()..].strip_prefix('/').filter(|_| is_known)?;
    subtype.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '*').then(|| piece(rest).len())
}

/// How far an ARN, a URL, or an image goes: `arn:aws:…`, `https://…`, `registry.example.com/image:tag`, `shop/image:tag`.
pub(super) fn address(rest: &str, word: &str) -> Option<usize> {
    let scheme = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let is_arn = rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:"));
    let has_path = rest[word.len()..].starts_with('/');
    let tag = piece(rest).rsplit_once(':').map_or("", |(_, tag)| tag);
    let is_image = has_path && (word.contains('.') || tag.starts_with(|first: char| first.is_ascii_alphanumeric()));
    (is_arn || is_image || rest[scheme..].starts_with("://")).then(|| piece(rest).len())
}

/// How far the tag of an image goes, where only an image can stand: `nginx:1.25`.
pub(super) fn tagged_image(rest: &str, word: &str) -> Option<usize> {
    let tag = rest[word.len()..].strip_prefix(':')?;
    tag.starts_with(|first: char| first.is_ascii_alphanumeric()).then(|| piece(rest).len())
}

/// How far `http/2`, `HTTP/1.1` goes.
pub(super) fn versioned_http(rest: &str, word: &str) -> Option<usize> {
    let version = rest[word.len()..].strip_prefix('/').filter(|_| word.eq_ignore_ascii_case("http"))?;
    let length = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(version.len());
    let version = version[..length].trim_end_matches('.');
    HTTP_VERSIONS.contains(&version).then_some(word.len() + 1 + version.len())
}

/// How far an operator of Envoy's log formats goes: `%REQ(:METHOD)%`, `%RESPONSE_CODE%`.
pub(super) fn operator(rest: &str) -> Option<usize> {
    let text = rest.strip_prefix('%').filter(|text| text.starts_with(|first: char| first.is_ascii_uppercase()))?;
    let end = text.find(|letter: char| letter == '%' || letter.is_whitespace())?;
    text[end..].starts_with('%').then_some(end + 2)
}

/// What tells a regular expression from a name.
const SIGNS: &[&str] = &[".*", ".+", "\\d", "\\w", "\\.", "]+", "]*", "]{", "[0-9", "[a-z", "[A-Z"];

/// How far a regular expression goes that its signs tell: `[a-z]+`, `\d+`; of `id=[0-9]+` it is what follows the mark.
pub(super) fn pattern(rest: &str) -> Option<usize> {
    let text = rest.split_whitespace().next().unwrap_or_default().trim_end_matches([',', ';']);
    // The full stop behind `^/users$.` ends the sentence.
    let text = text.strip_suffix('.').filter(|text| text.ends_with('$')).unwrap_or(text);
    let has_sign = |text: &str| SIGNS.iter().any(|sign| text.contains(sign));
    let follows_mark = text.find(['=', ':']).is_some_and(|mark| !has_sign(&text[..mark]));
    (has_sign(text) && !follows_mark).then_some(text.len())
}
