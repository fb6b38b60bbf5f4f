//! Access keys: who may do what. They are our own, and stand in a file.

use std::fmt;
use std::sync::Arc;

use meshwright_model::operation::Operation;
use serde::Deserialize;

use crate::exception::{ApiError, Exception};

/// The shortest secret that is taken, in characters; those of AWS have 40.
const MIN_SECRET: usize = 16;

/// What a key must be allowed on a virtual node or gateway to sign the calls of its proxies.
///
/// Source: Service Authorization Reference, App Mesh.
pub(crate) const TO_BE_A_PROXY: &str = "StreamAggregatedResources";

/// The access keys of a server.
#[derive(Clone, Debug)]
pub struct Credentials {
    keys: Vec<Arc<AccessKey>>,
}

/// An access key, and what it may do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// Its id, which requests name.
    id: String,
    /// Its secret, which signs.
    secret: String,
    /// Whose it is, as messages name it.
    user: String,
    /// The account that it works in: 12 digits. Without it that of the server.
    account: Option<String>,
    /// The meshes of other accounts that are shared with it, such as `arn:aws:appmesh:*:111122223333:mesh/shop`.
    #[serde(default)]
    shared: Vec<String>,
    /// What it may do.
    #[serde(default)]
    allow: Vec<Statement>,
    /// What it may not do, whatever is allowed.
    #[serde(default)]
    deny: Vec<Statement>,
}

/// Actions on resources; `*` stands for any characters, `?` for one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    /// Such as `appmesh:Describe*`.
    actions: Vec<String>,
    /// Such as `arn:aws:appmesh:*:*:mesh/shop/*`.
    resources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    key: Vec<AccessKey>,
}

impl Credentials {
    /// Reads a file of access keys, in TOML.
    ///
    /// # Errors
    /// It is none, with its place but never with a secret; a key stands twice, is weak or names no account.
    pub fn read(text: &str) -> Result<Self, String> {
        let document: Document = toml::from_str(text).map_err(|why| {
            let line = why.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            format!("line {line}: {}", why.message())
        })?;
        let keys = document.key;
        if keys.is_empty() {
            return Err("there is no [[key]] in it".to_owned());
        }
        for (index, key) in keys.iter().enumerate() {
            let id = &key.id;
            let is_id = |letter: u8| letter.is_ascii_alphanumeric() || b"_-".contains(&letter);
            if id.is_empty() || id.len() > 128 || !id.bytes().all(is_id) {
                return Err(format!("key {}: an id has 1 to 128 letters, digits, `_` and `-`", index + 1));
            }
            if keys[..index].iter().any(|other| other.id == *id) {
                return Err(format!("key {id} stands twice"));
            }
            if key.secret.chars().count() < MIN_SECRET {
                return Err(format!("key {id}: a secret has at least {MIN_SECRET} characters"));
            }
            if let Some(account) = key.account.as_deref().filter(|account| !is_account(account)) {
                return Err(format!("key {id}: the account `{account}` has not 12 digits"));
            }
            for action in key.allow.iter().chain(&key.deny).flat_map(|statement| &statement.actions) {
                if !actions().any(|name| matches(&action.to_ascii_lowercase(), &name.to_ascii_lowercase())) {
                    return Err(format!(
                        "key {id}: `{action}` is no action; they are such as appmesh:DescribeMesh, appmesh:* or *"
                    ));
                }
            }
        }
        Ok(Self { keys: keys.into_iter().map(Arc::new).collect() })
    }

    /// The key with an id.
    pub(crate) fn find(&self, id: &str) -> Result<Arc<AccessKey>, ApiError> {
        let message = "The security token included in the request is invalid.";
        let found = self.keys.iter().find(|key| key.id == id);
        found.map(Arc::clone).ok_or_else(|| ApiError::of(Exception::UnrecognizedClient, message))
    }
}

impl AccessKey {
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    pub(crate) fn account<'k>(&'k self, default: &'k str) -> &'k str {
        self.account.as_deref().unwrap_or(default)
    }

    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// Whether a mesh of another account is shared with it.
    pub(crate) fn shares(&self, mesh: &str) -> bool {
        self.shared.iter().any(|pattern| matches(pattern, mesh))
    }

    /// Whether it may do something, such as an operation, with a resource. As in IAM, what is denied is not allowed by anything.
    pub(crate) fn may(&self, action: impl fmt::Display, resource: &str) -> bool {
        !self.is_denied(&action, resource) && hold(&self.allow, action, resource)
    }

    /// Whether it works in another account than the server's.
    pub(crate) fn is_of_another(&self) -> bool {
        self.account.is_some()
    }

    /// Whether it is denied something.
    pub(crate) fn is_denied(&self, action: impl fmt::Display, resource: &str) -> bool {
        hold(&self.deny, action, resource)
    }
}

/// Whether one of statements is about an action on a resource.
fn hold(statements: &[Statement], action: impl fmt::Display, resource: &str) -> bool {
    let action = format!("appmesh:{action}").to_ascii_lowercase();
    statements.iter().any(|statement| {
        statement.actions.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
            && statement.resources.iter().any(|pattern| matches(pattern, resource))
    })
}

/// Without its secret.
impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessKey").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

/// Whether a text is an account: 12 digits.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The names of all actions.
fn actions() -> impl Iterator<Item = String> {
    let operations = Operation::all().chain(Operation::OURS).map(|operation| operation.to_string());
    operations.chain([TO_BE_A_PROXY.to_owned()]).map(|action| format!("appmesh:{action}"))
}

/// Whether a text is as a pattern says, where `*` stands for any characters and `?` for one.
///
/// Source: IAM User Guide, "Resource": wildcards. It goes back to the last star only, so it takes no more than both lengths' product.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut of, mut star) = (0, 0, None);
    while at < text.len() {
        match pattern.get(of) {
            Some(b'*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(letter) if *letter == b'?' || *letter == text[at] => (at, of) = (at + 1, of + 1),
            _ => match star {
                Some((from, covered)) => {
                    star = Some((from, covered + 1));
                    (at, of) = (covered + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[of..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use meshwright_model::Kind;
    use meshwright_model::operation::Operation;

    use super::{Credentials, matches};

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (pattern, text, is_match) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*/virtualNode/*", "mesh/m/virtualNode/n", true),
            ("*a*b*c", "xaybzc", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_denied_is_not_allowed_by_anything() {
        let text = r#"
            [[key]]
            id = "KEY"
            secret = "0123456789abcdef"
            user = "ann"
            allow = [{ actions = ["appmesh:*"], resources = ["arn:aws:appmesh:*:*:mesh/shop*"] }]
            deny = [{ actions = ["appmesh:Delete*"], resources = ["*"] }]
        "#;
        let credentials = Credentials::read(text).unwrap();
        let key = credentials.find("KEY").unwrap();
        let shop = "arn:aws:appmesh:us-east-1:123456789012:mesh/shop";
        assert!(key.may(Operation::Describe(Kind::Mesh), shop));
        assert!(!key.may(Operation::Delete(Kind::Mesh), shop));
        assert!(!key.may(Operation::Describe(Kind::Mesh), "arn:aws:appmesh:us-east-1:123456789012:mesh/other"));
        assert!(!format!("{credentials:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn faults_of_a_file_are_told_without_its_secrets() {
        let refused = |text: &str| Credentials::read(text).unwrap_err();
        let key = |more: &str| format!("[[key]]\nid = \"K\"\nsecret = \"0123456789abcdef\"\nuser = \"u\"\n{more}\n");
        assert_eq!(refused(""), "there is no [[key]] in it");
        assert_eq!(
            refused(&key("colour = 1")),
            "line 5: unknown field `colour`, expected one of `id`, `secret`, `user`, `account`, `shared`, `allow`, `deny`"
        );
        assert_eq!(refused(&(key("") + &key(""))), "key K stands twice");
        assert_eq!(refused(&key("account = \"1\"")), "key K: the account `1` has not 12 digits");
        let no_action = refused(&key("allow = [{ actions = [\"s3:*\"], resources = [\"*\"] }]"));
        assert!(no_action.contains("`s3:*` is no action"), "{no_action}");
        let broken = refused("[[key]]\nsecret = \"0123456789abcdef\" x");
        assert!(broken.starts_with("line 2: ") && !broken.contains("0123456789abcdef"), "{broken}");
        let weak = refused(&key("").replace("0123456789abcdef", "hunter2"));
        assert_eq!(weak, "key K: a secret has at least 16 characters");
    }
}
