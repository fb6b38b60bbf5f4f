//! Whose host name it is: of one, of each of several, or the domain that each has a name in.

use super::reader::Reader;
use super::slot;
use super::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{CloudMap, Discovery, Dns, Intent};
use crate::lexer::TokenKind;

/// Words for what several host names end in.
const DOMAINS: &[&str] = &["domain", "dns domain", "internal domain", "private domain", "base domain", "domain suffix"];

impl Reader<'_> {
    /// The host name of one node, or the domain of several.
    pub(super) fn hostname(&mut self, host: &str) -> Said {
        let is_of_several = self.is_of_several();
        let has_label = self.all_named().into_iter().any(|place| self.is_label_of(host, place));
        let is_domain = self.words.clone().any(|at| DOMAINS.contains(&self.tokens[at].text.to_lowercase().as_str()));
        if is_domain && self.known.is_none() && self.all_named().is_empty() {
            // "domain shop.local, nodes web and api": of those that come.
            self.spot = Some(Spot::at(Place::Everywhere));
            return self.domain(host);
        }
        // "names end in shop.local"
        let is_end = self.words.clone().any(|at| self.tokens[at].text.eq_ignore_ascii_case("domain suffix"));
        if is_domain && (is_of_several || is_end) && !has_label {
            return self.domain(host);
        }
        let here = self.here()?.place;
        if self.has_others() && (has_label || matches!(here, Place::Application(_) | Place::Node(_))) {
            if !has_label {
                return self.ask_whose(host);
            }
            // It is put where its label says.
            if !self.is_label_of(host, here) {
                return Ok(String::new());
            }
            let spot = self.here()?;
            return put_hostname(&mut self.intent, spot, host);
        }
        let Some(spot) = self.owner_of(host)? else { return Ok(String::new()) };
        put_hostname(&mut self.intent, spot, host)
    }

    /// Whether what is said holds for several: they are spoken of together, or the sentence names none of them.
    fn is_of_several(&self) -> bool {
        self.has_others()
            || self.all_named().len() > 1 && self.is_said_of_none()
            || self.spot.is_some_and(|spot| spot.place == Place::Everywhere)
    }

    /// Whether several are spoken of beside each other, of which this may be any.
    fn has_others(&self) -> bool {
        // What is beside the first is spoken of in its turn.
        self.spot.is_some_and(|here| self.beside.iter().any(|spot| spot.place != here.place || *spot == here))
    }

    /// Whether the first part of a host name is the name of a node.
    fn is_label_of(&self, host: &str, place: Place) -> bool {
        let label = host.split('.').next().unwrap_or_default();
        self.name_of_proxied(place).is_some_and(|name| name.eq_ignore_ascii_case(label))
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands where a value is put")]
    fn ask_whose(&mut self, host: &str) -> Said {
        let text = format!("Which of those that were named has `{host}`? No two can share it.");
        if self.questions.last().is_none_or(|last| last.text != text) {
            self.ask(&text, self.words.start, self.words.end);
        }
        Ok(String::new())
    }

    /// Host names of several, each with its name as the first part, or in the order in which those were named.
    pub(super) fn hostnames(&mut self, hosts: &[String]) -> Said {
        if hosts.len() < 2 || !hosts.iter().all(|host| host.contains('.')) || self.sending {
            return Err(Trouble::NotHere);
        }
        let mut places = self.group.clone();
        if places.len() != hosts.len() {
            places = self.all_named();
        }
        let owners: Vec<Option<Place>> =
            hosts.iter().map(|host| places.iter().copied().find(|place| self.is_label_of(host, *place))).collect();
        let owners: Vec<Place> = match owners.iter().copied().collect::<Option<Vec<Place>>>() {
            Some(owners) => owners,
            None if owners.iter().all(Option::is_none) && places.len() == hosts.len() => places,
            None => return self.ask_whose(&hosts[owners.iter().position(Option::is_none).unwrap_or_default()]),
        };
        if owners.is_empty() {
            return Err(Trouble::NotHere);
        }
        let mut said = Err(Trouble::NotHere);
        for (host, place) in hosts.iter().zip(owners) {
            said = put_hostname(&mut self.intent, Spot::at(place), host);
            said.as_ref().map_err(Clone::clone)?;
        }
        self.beside.clear();
        said
    }

    /// A host name among other values of one node: "node api (http 8080, api.shop.local)", "…, http2 on 8081, api.shop.local".
    pub(super) fn hostname_in_list(&mut self, host: &str) -> Said {
        let (start, end) = (self.words.start, self.words.end);
        let of_node = self.is_current
            && !self.sending
            && self.spot.is_some_and(|spot| matches!(spot.place, Place::Node(_) | Place::Application(_)));
        let ends = self.is_sentence_end(end)
            || matches!(self.low(end), "," | ")")
            || self.is_symbol(end, &["discovery", "tag", "access-log", "health-check", "tls", "mtls", "backend"]);
        if !of_node || !ends {
            return Err(Trouble::NotHere);
        }
        if self.is_in_brackets() {
            // "web calls api (http 9090, api.shop.local)"
            let caller = self.spot;
            self.spot = self.callee().or(caller);
            let said = self.hostname(host);
            self.spot = caller;
            return said;
        }
        let here = self.here()?;
        if !self.is_host_in_list(start, host) {
            return Err(Trouble::NotHere);
        }
        put_hostname(&mut self.intent, here, host)
    }

    /// Whether a host name at a place is that of the node that is spoken of, and nothing of its own.
    pub(super) fn is_host_in_list(&mut self, at: usize, host: &str) -> bool {
        let Some(here) = self.spot else { return false };
        let is_listed = matches!(self.low_before(at), "," | ":" | "(");
        // "images 8080/http images.cdn.local"
        let before = at.checked_sub(1).and_then(|before| self.token(before));
        let is_behind_port = before.is_some_and(|before| match before.kind {
            TokenKind::Number(_) => true,
            TokenKind::Symbol => slot::protocol(&before.low).is_some(),
            _ => false,
        });
        if !is_listed {
            return is_behind_port && host.contains('.') && self.is_label_of(host, here.place);
        }
        let has_none = spot::node(&mut self.intent, here).is_ok_and(|(node, _)| node.discovery.is_none());
        let is_free =
            has_none && matches!(here.place, Place::Node(_)) && self.last_calls.is_none() && self.all_named().len() < 2;
        host.contains('.') && (is_free || self.is_label_of(host, here.place))
    }

    /// The service of Cloud Map that one node is.
    pub(super) fn service_name(&mut self, name: &str) -> Said {
        let Some(spot) = self.owner_of(name)? else { return Ok(String::new()) };
        let (map, path) = cloud_map(&mut self.intent, spot)?;
        put(&mut map.service, name.to_owned(), &path, "service")
    }

    /// Each of what is spoken of has its own name in a domain: "found by DNS under shop.local".
    pub(super) fn domain(&mut self, domain: &str) -> Said {
        let domain = domain.trim_start_matches("*.").trim_start_matches('.');
        if self.beside.is_empty() && self.listed.is_some() {
            let here = self.here()?.place;
            let named = self.all_named().into_iter().filter(|place| *place != here);
            self.beside = named.map(Spot::at).collect();
        }
        let spot = self.here()?;
        let (node, _) = spot::node(&mut self.intent, spot)?;
        let name = node.name.clone();
        match name {
            // "found in DNS under orders.shop.local"
            Some(name) if domain.split_once('.').is_some_and(|(first, _)| first.eq_ignore_ascii_case(&name)) => {
                put_hostname(&mut self.intent, spot, domain)
            }
            Some(name) => put_hostname(&mut self.intent, spot, &format!("{name}.{domain}")),
            None if spot.place == Place::Everywhere => put_hostname(&mut self.intent, spot, domain),
            None => Err(Trouble::NotHere),
        }
    }
}

fn put_hostname(intent: &mut Intent, spot: Spot, host: &str) -> Said {
    let (dns, path) = dns(intent, spot)?;
    put(&mut dns.hostname, host.to_owned(), &path, "hostname")
}

/// Discovery by DNS of the node at a spot.
pub(super) fn dns(intent: &mut Intent, spot: Spot) -> Result<(&mut Dns, String), Trouble> {
    let (node, path) = spot::node(intent, spot)?;
    match node.discovery.get_or_insert_with(|| Discovery::Dns(Dns::default())) {
        Discovery::Dns(dns) => Ok((dns, path + ".discovery.dns")),
        Discovery::CloudMap(_) => Err(Trouble::Clash("discovery by Cloud Map and by DNS".to_owned())),
    }
}

/// Discovery by Cloud Map of the node at a spot.
pub(super) fn cloud_map(intent: &mut Intent, spot: Spot) -> Result<(&mut CloudMap, String), Trouble> {
    let (node, path) = spot::node(intent, spot)?;
    match node.discovery.get_or_insert_with(|| Discovery::CloudMap(CloudMap::default())) {
        Discovery::CloudMap(map) => Ok((map, path + ".discovery.cloudMap")),
        Discovery::Dns(_) => Err(Trouble::Clash("discovery by DNS and by Cloud Map".to_owned())),
    }
}
