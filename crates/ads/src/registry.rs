//! Instances that were registered here, each for as long as its lease.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use meshwright_envoy::translate::Instance;

use crate::instances::{Service, Source};

/// The most instances of all services.
pub const MAX_INSTANCES: usize = 10_000;

/// How often the thread that ends leases looks whether the registry is still there.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// How much later than its lease an instance may go, so that many leases are looked at together.
const SHORTEST_SLEEP: Duration = Duration::from_millis(100);

/// Instances that were registered here; clones share them.
#[derive(Clone, Debug)]
pub struct Registry(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Whoever ends leases is told that one may end earlier than it waits for.
    earlier: Condvar,
}

#[derive(Debug, Default)]
struct State {
    services: BTreeMap<Service, BTreeMap<String, Registered>>,
    /// Those whose instances have changed since that was asked last.
    changed: BTreeSet<Service>,
    /// When leases are looked at next.
    next: Option<Instant>,
}

/// An instance, and until when it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The instance.
    pub instance: Instance,
    /// How long it is there after each registration; `None` is for as long as the process.
    pub lease: Option<Duration>,
    /// When its lease ends.
    pub ends: Option<Instant>,
}

/// There are as many instances as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account has {MAX_INSTANCES} instances, and no more are taken")]
pub struct Full;

impl Registry {
    /// An empty one; `changed` is called, from any thread and often, when [`Source::changed`] has something to say.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(changed: impl Fn() + Send + 'static) -> io::Result<Self> {
        let registry = Self(Arc::default());
        let shared = Arc::downgrade(&registry.0);
        std::thread::Builder::new().name("leases".to_owned()).spawn(move || end_leases(&shared, &changed))?;
        Ok(registry)
    }

    /// Registers an instance, or renews its lease; answers with it as it is there.
    ///
    /// # Errors
    /// There are too many.
    pub fn put(
        &self,
        service: &Service,
        id: &str,
        instance: Instance,
        lease: Option<Duration>,
        now: Instant,
    ) -> Result<Registered, Full> {
        let mut state = self.0.state();
        let there = state.services.get(service).and_then(|own| own.get(id));
        let own = state.services.iter().filter(|(own, _)| own.account == service.account);
        if there.is_none() && own.map(|(_, instances)| instances.len()).sum::<usize>() >= MAX_INSTANCES {
            return Err(Full);
        }
        let has_changed = there.is_none_or(|own| own.instance != instance);
        if has_changed {
            state.changed.insert(service.clone());
        }
        let ends = lease.map(|lease| now + lease);
        let is_earlier = ends.is_some_and(|ends| state.next.is_none_or(|next| ends < next));
        let registered = Registered { instance, lease, ends };
        state.services.entry(service.clone()).or_default().insert(id.to_owned(), registered.clone());
        if has_changed || is_earlier {
            self.0.earlier.notify_all();
        }
        Ok(registered)
    }

    /// Takes an instance away; whether it was there.
    pub fn remove(&self, service: &Service, id: &str) -> bool {
        let mut state = self.0.state();
        let is_there = state.remove(service, id);
        self.0.earlier.notify_all();
        is_there
    }

    /// Every instance of an account's services in a region.
    pub fn all(&self, region: &str, account: &str) -> Vec<(Service, String, Registered)> {
        let state = self.0.state();
        let own = state.services.iter().filter(|(service, _)| service.region == region && service.account == account);
        own.flat_map(|(service, instances)| {
            instances.iter().map(|(id, registered)| (service.clone(), id.clone(), registered.clone()))
        })
        .collect()
    }
}

impl Source for Registry {
    fn instances(&self, service: &Service) -> Vec<Instance> {
        let state = self.0.state();
        let own = state.services.get(service).into_iter().flat_map(BTreeMap::values);
        own.map(|registered| registered.instance.clone()).collect()
    }

    fn changed(&self) -> Vec<Service> {
        std::mem::take(&mut self.0.state().changed).into_iter().collect()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, service: &Service, id: &str) -> bool {
        let Some(own) = self.services.get_mut(service) else { return false };
        let is_there = own.remove(id).is_some();
        if own.is_empty() {
            self.services.remove(service);
        }
        if is_there {
            self.changed.insert(service.clone());
        }
        is_there
    }

    /// Takes away what has outlived its lease; when the next one ends.
    fn expire(&mut self, now: Instant) -> Option<Instant> {
        let (mut gone, mut next) = (Vec::new(), None);
        for (service, instances) in &self.services {
            for (id, registered) in instances {
                match registered.ends {
                    Some(ends) if ends <= now => gone.push((service.clone(), id.clone())),
                    Some(ends) => next = Some(next.map_or(ends, |own: Instant| own.min(ends))),
                    None => {}
                }
            }
        }
        for (service, id) in gone {
            self.remove(&service, &id);
        }
        self.next = next;
        next
    }
}

/// Ends leases, and tells what has changed, as long as the registry is there.
fn end_leases(shared: &Weak<Shared>, changed: &dyn Fn()) {
    while let Some(shared) = shared.upgrade() {
        let mut state = shared.state();
        let now = Instant::now();
        let next = state.expire(now);
        if !state.changed.is_empty() {
            changed();
        }
        let sleep = next.map_or(LONGEST_SLEEP, |next| next - now).clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
        drop(shared.earlier.wait_timeout(state, sleep));
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn service(name: &str) -> Service {
        Service {
            region: "r".to_owned(),
            account: "a".to_owned(),
            namespace: "local".to_owned(),
            name: name.to_owned(),
        }
    }

    fn instance(last: u8) -> Instance {
        Instance { ipv4: Some(Ipv4Addr::new(10, 0, 0, last)), ..Instance::default() }
    }

    #[test]
    fn an_instance_is_there_as_long_as_its_lease_is_renewed() {
        let (shared, start) = (Arc::new(Shared::default()), Instant::now());
        let registry = Registry(Arc::clone(&shared));
        let (orders, lease) = (service("orders"), Some(Duration::from_secs(5)));
        registry.put(&orders, "1", instance(1), lease, start).unwrap();
        registry.put(&orders, "2", instance(2), None, start).unwrap();
        assert_eq!(registry.instances(&orders), [instance(1), instance(2)]);
        assert_eq!((registry.changed(), registry.changed()), (vec![orders.clone()], vec![]));
        let later = |seconds| start + Duration::from_secs(seconds);
        registry.put(&orders, "1", instance(1), lease, later(4)).unwrap();
        assert!(registry.changed().is_empty(), "who renews changes nothing");
        assert_eq!(shared.state().expire(later(8)), Some(later(9)));
        assert_eq!(shared.state().expire(later(9)), None);
        assert_eq!(registry.instances(&orders), [instance(2)]);
        assert_eq!(registry.changed(), std::slice::from_ref(&orders));
        assert!(registry.remove(&orders, "2") && !registry.remove(&orders, "2"));
        assert!(registry.all("r", "a").is_empty() && shared.state().services.is_empty());
    }

    #[test]
    fn there_are_no_more_than_there_may_be() {
        let registry = Registry(Arc::default());
        let now = Instant::now();
        for number in 0..MAX_INSTANCES {
            registry.put(&service("orders"), &number.to_string(), instance(1), None, now).unwrap();
        }
        assert_eq!(registry.put(&service("payments"), "1", instance(1), None, now), Err(Full));
        assert!(registry.put(&service("orders"), "1", instance(2), None, now).is_ok(), "one that is there may change");
        assert!(registry.all("r", "b").is_empty() && registry.all("q", "a").is_empty(), "others see none of them");
    }
}
