//! The operations: a call in, an answer and changes out. Pure; time and ids are given.

use std::collections::BTreeMap;
use std::sync::Arc;

use meshwright_model::Kind;
use meshwright_model::arn::Arn;
use meshwright_model::checks::MAX_TAGS;
use meshwright_model::operation::{Operation, Target};
use serde_json::json;

use crate::answer::Answer;
use crate::body::Body;
use crate::call::{Call, check_names};
use crate::exception::{ApiError, Exception};
use crate::page::Page;
use crate::record::{Key, Record, Text, digest, put_tag, spec_json};
use crate::state::{Change, State};
use crate::stored;

/// The most elements of a page. Source: App Mesh API reference, `limit` of the lists; of `ListTagsForResource` it is 50.
const MAX_PAGE: usize = 100;
const MAX_TAG_PAGE: usize = 50;

/// What a change is stamped with.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The time, in milliseconds since 1970.
    pub millis: u64,
    /// A new UUID, for a resource that is created.
    pub uid: String,
}

/// The API over a state.
#[derive(Clone, Debug, Default)]
pub struct Api {
    pub(crate) state: State,
    /// Whether the quotas of AWS's accounts hold.
    pub(crate) quotas: bool,
}

impl Api {
    /// The API over what a store holds.
    ///
    /// # Errors
    /// Names the entry that is none of ours.
    pub fn restored(entries: &[(Vec<u8>, Vec<u8>)]) -> Result<Self, String> {
        let mut api = Self::default();
        for (key, value) in entries {
            let record =
                stored::record(key, value).map_err(|why| format!("{}: {why}", String::from_utf8_lossy(key)))?;
            api.state.apply(Change::Put(Arc::new(record)));
        }
        Ok(api)
    }

    /// The API with the quotas that AWS's accounts had by default, or without.
    #[must_use]
    pub fn with_quotas(self, quotas: bool) -> Self {
        Self { quotas, ..self }
    }

    pub(crate) fn has_quotas(&self) -> bool {
        self.quotas
    }

    /// How many resources there are.
    pub fn count(&self) -> usize {
        self.state.count()
    }

    /// All resources.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.state.records()
    }

    /// Makes a change; answers with the one that takes it back.
    pub(crate) fn apply(&mut self, change: Change) -> Change {
        self.state.apply(change)
    }

    /// Answers a call that changes nothing.
    ///
    /// # Errors
    /// The exception that the API raises.
    pub fn read(&self, call: &Call) -> Result<Answer, ApiError> {
        check_names(call)?;
        self.permit(call, None)?;
        match call.operation {
            Operation::Describe(kind) => {
                let key = self.key(call, kind)?;
                Ok(Answer::described(self.existing(&key)?))
            }
            Operation::List(Kind::Mesh) => {
                let page = Page::of(call, MAX_PAGE)?;
                let last = page.last.as_deref().map(|last| last.split_once('/').unwrap_or(("", last)));
                // Source: App Mesh User Guide, sharing: those that are shared with the caller are listed too.
                let is_shared = |mesh: &Record| call.caller.as_ref().is_some_and(|key| key.shares(&mesh.arn));
                let meshes = self.state.meshes(&call.scope.region).filter(|mesh| {
                    let Key { owner, name, .. } = &mesh.key;
                    (*owner == call.scope.account || is_shared(mesh))
                        && last.is_none_or(|last| (owner.as_str(), name.as_str()) > last)
                });
                let listed = |mesh: &Arc<Record>| (format!("{}/{}", mesh.key.owner, mesh.key.name), mesh.listed());
                Ok(page.answer(Kind::Mesh.collection(), meshes.map(listed)))
            }
            Operation::List(kind) => {
                let page = Page::of(call, MAX_PAGE)?;
                let of = self.key(call, kind)?;
                let records = self.state.after(&of, page.last.as_deref());
                Ok(page.answer(kind.collection(), records.map(|own| (own.key.name.clone(), own.listed()))))
            }
            // Who has a control plane answers that itself.
            Operation::ListProxies => Ok(Answer::of(json!({"proxies": []}))),
            Operation::ListTagsForResource => {
                let page = Page::of(call, MAX_TAG_PAGE)?;
                let record = self.tagged(call)?;
                let after = |last: &str| record.tags.iter().position(|(key, _)| key == last).map(|at| at + 1);
                let from = page.last.as_deref().map_or(Some(0), after);
                let from =
                    from.ok_or_else(|| ApiError::bad("nextToken: its tag is gone, list from the start again"))?;
                let tags = record.tags[from..].iter();
                Ok(page.answer("tags", tags.map(|(key, value)| (key.clone(), json!({"key": key, "value": value})))))
            }
            _ => Err(ApiError::bad(format!("{} is none of App Mesh's, or changes something", call.operation))),
        }
    }

    /// What a call answers, and what it changes.
    pub(crate) fn decide(&self, call: &Call, stamp: &Stamp) -> Result<(Answer, Vec<Change>), ApiError> {
        let (answer, changes) = self.draft(call, stamp)?;
        if let Operation::Create(_) | Operation::Update(_) = call.operation {
            for change in &changes {
                let Change::Put(record) = change else { continue };
                self.check(&record.key, &record.spec, self.state.get(&record.key).map(|there| &there.spec))?;
            }
        }
        Ok((answer, changes))
    }

    /// The same, before what holds between resources that are created or updated is asked.
    pub(crate) fn draft(&self, call: &Call, stamp: &Stamp) -> Result<(Answer, Vec<Change>), ApiError> {
        check_names(call)?;
        let body = Body::read(&call.body)?;
        self.permit(call, Some(&body))?;
        match call.operation {
            Operation::Create(kind) => self.create(call, kind, &body, stamp),
            Operation::Update(kind) => self.update(call, kind, &body, stamp),
            Operation::Delete(kind) => self.delete(call, kind, stamp),
            Operation::TagResource => self.tag(call, &body),
            Operation::UntagResource => self.untag(call, &body),
            Operation::Describe(_)
            | Operation::List(_)
            | Operation::ListTagsForResource
            | Operation::ListProxies
            | Operation::GetMetrics
            | Operation::RegisterEndpoint
            | Operation::DeregisterEndpoint
            | Operation::ListEndpoints => self.read(call).map(|answer| (answer, Vec::new())),
        }
    }

    fn create(&self, call: &Call, kind: Kind, body: &Body, stamp: &Stamp) -> Result<(Answer, Vec<Change>), ApiError> {
        let (name, token) = (body.name(kind)?, body.token()?);
        let spec = body.spec(kind)?.settled();
        let tags = body.tags()?;
        let key = match kind {
            Kind::Mesh => call.key(kind, &name)?,
            _ => Key { name: name.clone(), ..self.key(call, kind)? },
        };
        let by_key: BTreeMap<&String, &String> = tags.iter().map(|(key, value)| (key, value)).collect();
        let used_for = digest(&json!({"spec": spec_json(&spec), "tags": by_key}).to_string());
        if let Some(there) = self.state.get(&key) {
            let used = token.as_deref().and_then(|token| there.used_for(token));
            return match used {
                Some(before) if before == used_for => Ok((answered(there), Vec::new())),
                Some(_) => Err(other_use(token.as_deref())),
                None => Err(ApiError::conflict(format!(
                    "{} with name {name} already exists{}",
                    kind.type_name(),
                    place(&key)
                ))),
            };
        }
        if call.scope.account != key.owner && matches!(kind, Kind::VirtualGateway | Kind::GatewayRoute) {
            // Source: App Mesh User Guide, sharing: the permissions of a shared mesh hold neither.
            let message = format!("account {} may not create a {kind} in a mesh of {}", call.scope.account, key.owner);
            return Err(ApiError::forbidden(message));
        }
        let arn = call.arn(&key);
        if let Some(other) = self.state.named(&arn) {
            // Names may have a `/`, and an account may use one name in its own mesh and in one that it shares.
            return Err(ApiError::conflict(format!("{} has the ARN {arn} already: choose another name", other.key)));
        }
        let mut record = Record {
            arn,
            uid: stamp.uid.clone(),
            resource_owner: call.scope.account.clone(),
            version: 1,
            created: stamp.millis,
            updated: stamp.millis,
            spec,
            tags,
            tokens: Vec::new(),
            source: None,
            text: Text::default(),
            key,
        };
        record.remember(token, used_for);
        Ok((answered(&record), vec![Change::Put(Arc::new(record))]))
    }

    fn update(&self, call: &Call, kind: Kind, body: &Body, stamp: &Stamp) -> Result<(Answer, Vec<Change>), ApiError> {
        let token = body.token()?;
        let spec = body.spec(kind)?.settled();
        let key = self.key(call, kind)?;
        let there = self.own(call, &key)?;
        let used_for = digest(&spec_json(&spec).to_string());
        match token.as_deref().and_then(|token| there.used_for(token)) {
            Some(before) if before == used_for => return Ok((answered(there), Vec::new())),
            Some(_) => return Err(other_use(token.as_deref())),
            None => {}
        }
        let mut record = Record::clone(there);
        record.spec = spec;
        record.version += 1;
        // A clock that is set back must not make a resource older.
        record.updated = stamp.millis.max(record.updated);
        record.remember(token, used_for);
        Ok((answered(&record), vec![Change::Put(Arc::new(record))]))
    }

    fn delete(&self, call: &Call, kind: Kind, stamp: &Stamp) -> Result<(Answer, Vec<Change>), ApiError> {
        let key = self.key(call, kind)?;
        let there = self.own(call, &key)?;
        self.check_unused(&key)?;
        let mut record = Record::clone(there);
        record.version += 1;
        record.updated = stamp.millis.max(record.updated);
        Ok((Answer::of(record.described("DELETED")), vec![Change::Remove(key)]))
    }

    fn tag(&self, call: &Call, body: &Body) -> Result<(Answer, Vec<Change>), ApiError> {
        if !body.has_tags() {
            return Err(ApiError::bad("tags is missing"));
        }
        let mut record = Record::clone(self.tagged(call)?);
        for (key, value) in body.tags()? {
            put_tag(&mut record.tags, key, value);
        }
        if record.tags.len() > MAX_TAGS {
            let message = format!("the resource would have {} tags, more than {MAX_TAGS}", record.tags.len());
            return Err(ApiError { exception: Exception::TooManyTags, message });
        }
        Ok((Answer::of(json!({})), vec![Change::Put(Arc::new(record))]))
    }

    fn untag(&self, call: &Call, body: &Body) -> Result<(Answer, Vec<Change>), ApiError> {
        let keys = body.tag_keys()?;
        let mut record = Record::clone(self.tagged(call)?);
        record.tags.retain(|(key, _)| !keys.contains(key));
        Ok((Answer::of(json!({})), vec![Change::Put(Arc::new(record))]))
    }

    /// What a call is about; its mesh and parent must be there.
    fn key(&self, call: &Call, kind: Kind) -> Result<Key, ApiError> {
        let Target { mesh, name, .. } = &call.target;
        let key = call.key(kind, name.as_deref().unwrap_or_default())?;
        if kind != Kind::Mesh {
            self.existing(&Key::of_mesh(&key.region, &key.owner, mesh))?;
        }
        if let Some(of) = kind.parent() {
            let parent = Key { kind: of, parent: String::new(), name: key.parent.clone(), ..key.clone() };
            self.existing(&parent)?;
        }
        Ok(key)
    }

    pub(crate) fn existing(&self, key: &Key) -> Result<&Arc<Record>, ApiError> {
        self.state.get(key).ok_or_else(|| {
            let elsewhere = self.state.regions().find(|region| {
                let there = Key { region: (*region).to_owned(), ..key.clone() };
                self.state.get(&there).is_some()
            });
            absent(key, elsewhere)
        })
    }

    /// A resource that the caller may change: one of its own. Source: App Mesh User Guide, sharing.
    fn own(&self, call: &Call, key: &Key) -> Result<&Arc<Record>, ApiError> {
        let record = self.existing(key)?;
        let is_delete = matches!(call.operation, Operation::Delete(_));
        let account = &call.scope.account;
        if record.resource_owner == *account || is_delete && key.owner == *account {
            return Ok(record);
        }
        Err(ApiError::forbidden(format!("account {account} does not own {}", record.arn)))
    }

    /// The resource whose tags are meant.
    fn tagged(&self, call: &Call) -> Result<&Arc<Record>, ApiError> {
        let given = call.parameter("resourceArn").ok_or_else(|| ApiError::bad("resourceArn is missing"))?;
        let account = &call.scope.account;
        // Source: App Mesh User Guide, sharing: an account sees the tags of its own resources only.
        let refuse = || ApiError::forbidden(format!("account {account} does not own {given}"));
        match (self.state.named(given), given.parse::<Arn>()) {
            (Some(record), _) if record.resource_owner == *account => Ok(record),
            (Some(_), _) => Err(refuse()),
            (None, Err(why)) => Err(ApiError::bad(format!("resourceArn: {why}"))),
            (None, Ok(Arn { scope: None, .. })) => {
                Err(ApiError::bad(format!("resourceArn: `{given}` has no region and account")))
            }
            // Whether other accounts have it is not told.
            (None, Ok(Arn { scope: Some(scope), .. })) if scope.account != *account => Err(refuse()),
            (None, Ok(_)) => Err(ApiError::not_found(format!("there is no resource {given}"))),
        }
    }
}

/// That a resource is not there. Source: messages in issues of aws/aws-app-mesh-roadmap; of a mesh it is inferred.
fn absent(key: &Key, elsewhere: Option<&str>) -> ApiError {
    let Key { region, owner, mesh, kind, parent: _, name } = key;
    let missing = match kind {
        Kind::Mesh => format!("Mesh with name {mesh} is not present for account {owner}"),
        kind => {
            format!("{} with name {name} is not present under mesh {mesh} for account {owner}", kind.type_name())
        }
    };
    let elsewhere = elsewhere.map(|there| format!(" in region {region}; there is one in {there}"));
    ApiError::not_found(missing + &elsewhere.unwrap_or_default())
}

/// A resource as the calls that make or change it answer.
fn answered(record: &Record) -> Answer {
    let mut record = record.clone();
    record.spec = record.spec.answered();
    Answer::of(record.described("ACTIVE"))
}

fn other_use(token: Option<&str>) -> ApiError {
    let token = token.unwrap_or_default();
    ApiError::conflict(format!("clientToken {token} was used before, with another specification"))
}

/// Where a resource is, for people.
fn place(key: &Key) -> String {
    match key.kind {
        Kind::Mesh => format!(" for account {}", key.owner),
        _ => format!(" under mesh {} for account {}", key.mesh, key.owner),
    }
}
