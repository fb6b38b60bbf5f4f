//! The Envoy control plane, as the API's server sees it.

use std::time::Instant;

use meshwright_ads::{Census, Connected, Control, Counts, Full, Kind, Refused, Registered, Service};
use meshwright_envoy::translate::Instance;
use meshwright_server::{ControlPlane, EndpointId, Exposition, Measure, Registration};
use serde_json::{Value, json};

use super::traces::Traces;

/// What is counted of a kind.
type Count = fn(&Counts, Kind) -> u64;

/// The Envoy control plane, as the API's server sees it.
#[derive(Debug)]
pub(super) struct Plane {
    pub(super) control: Control,
    pub(super) traces: Traces,
}

impl ControlPlane for Plane {
    fn proxies(&self) -> Value {
        // First how far plans are: what is said of a proxy then holds for a plan that is no older.
        let revision = self.control.hub.revision();
        let proxies: Vec<Value> = self.control.proxies.all().iter().map(Connected::to_json).collect();
        let refused: Vec<Value> = self.control.proxies.refused().iter().map(Refused::to_json).collect();
        json!({"followedRevision": revision, "proxies": proxies, "refused": refused})
    }

    fn revision(&self) -> Option<u64> {
        self.control.hub.is_alive().then(|| self.control.hub.revision())
    }

    fn register(&self, id: &EndpointId, registration: Registration) -> Result<Value, String> {
        let Registration { ipv4, ipv6, attributes, lease } = registration;
        let (instance, service, now) = (Instance { ipv4, ipv6, attributes }, service(id), Instant::now());
        let put = self.control.registry.put(&service, &id.instance, instance, lease, now);
        let registered = put.map_err(|why: Full| why.to_string())?;
        Ok(json(&service, &id.instance, &registered, now))
    }

    fn deregister(&self, id: &EndpointId) -> bool {
        self.control.registry.remove(&service(id), &id.instance)
    }

    fn endpoints(&self, region: &str, account: &str) -> Vec<Value> {
        let now = Instant::now();
        let all = self.control.registry.all(region, account);
        all.iter().map(|(service, id, registered)| json(service, id, registered, now)).collect()
    }

    fn measure(&self, text: &mut Exposition) {
        let Census { connected, settled, refusing } = self.control.proxies.census();
        text.single("meshwright_proxies_connected", Measure::Gauge, "Proxies that are connected.", connected);
        let help = "Connected proxies that have accepted all that they are to have.";
        text.single("meshwright_proxies_settled", Measure::Gauge, help, settled);
        let help = "Connected proxies that have refused a part of what they are to have.";
        text.single("meshwright_proxies_refusing", Measure::Gauge, help, refusing);
        let help = "The revision of the store up to which the control plane has followed.";
        text.single("meshwright_ads_revision", Measure::Gauge, help, self.control.hub.revision());
        let counts = self.control.proxies.counts();
        let families: [(&str, &str, Count); 3] = [
            ("meshwright_ads_responses_sent_total", "Responses that were sent to proxies.", Counts::sent),
            ("meshwright_ads_responses_acknowledged_total", "Responses that a proxy accepted.", Counts::acknowledged),
            ("meshwright_ads_responses_rejected_total", "Responses that a proxy refused.", Counts::rejected),
        ];
        for (name, help, count) in families {
            text.family(name, Measure::Counter, help);
            for kind in Kind::ALL {
                text.sample(name, &[("kind", kind.service())], count(counts, kind));
            }
        }
        if let Some(exporter) = self.traces.exporter() {
            let counts = exporter.counts();
            let name = "meshwright_spans_sent_total";
            text.single(name, Measure::Counter, "Spans that the receiver of traces has taken.", counts.sent());
            let name = "meshwright_spans_dropped_total";
            text.family(name, Measure::Counter, "Spans that are lost.");
            text.sample(name, &[("reason", "refused")], counts.refused());
            text.sample(name, &[("reason", "overflow")], counts.overflown());
        }
    }
}

fn service(id: &EndpointId) -> Service {
    let EndpointId { region, account, namespace, service, instance: _ } = id.clone();
    Service { region, account, namespace, name: service }
}

fn json(service: &Service, id: &str, registered: &Registered, now: Instant) -> Value {
    let Registered { instance, lease, ends } = registered;
    json!({
        "namespace": service.namespace,
        "service": service.name,
        "instance": id,
        "ipv4": instance.ipv4,
        "ipv6": instance.ipv6,
        "attributes": instance.attributes,
        "leaseSeconds": lease.map(|lease| lease.as_secs()),
        "endsInSeconds": ends.map(|ends| ends.saturating_duration_since(now).as_secs_f64()),
    })
}
