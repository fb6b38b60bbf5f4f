//! That the SDK tries again where the server asks it to.

use std::sync::{Arc, Mutex};

use aws_sdk_appmesh::Client;
use aws_sdk_appmesh::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_appmesh::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_appmesh::error::BoxError;

use meshwright_server::Exception;

use crate::errors::outcome;
use crate::server::{Disk, Fate, Server};

/// Notes the status of every answer; the first that is no success frees the disk.
#[derive(Clone, Debug, Default)]
struct Answers {
    statuses: Arc<Mutex<Vec<u16>>>,
    freed: Option<Disk>,
}

impl Answers {
    fn take(&self) -> Vec<u16> {
        std::mem::take(&mut self.statuses.lock().unwrap())
    }
}

impl Intercept for Answers {
    fn name(&self) -> &'static str {
        "answers"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context.response().status();
        self.statuses.lock().unwrap().push(status.as_u16());
        if let Some(disk) = self.freed.as_ref().filter(|_| !status.is_success()) {
            disk.set(Fate::Kept);
        }
        Ok(())
    }
}

fn client(server: &Server, answers: &Answers) -> Client {
    let config = server.config("ADMIN", "the secret of the admin", 3);
    Client::from_conf(config.interceptor(answers.clone()).build())
}

#[tokio::test]
async fn a_disk_that_fails_twice_is_not_seen() {
    let (server, answers) = (Server::start(false).await, Answers::default());
    let client = client(&server, &answers);
    server.disk.set(Fate::Lost(2));
    let made = client.create_mesh().mesh_name("m").send().await.unwrap().mesh.unwrap();
    assert_eq!((made.metadata().unwrap().version(), answers.take()), (1, vec![503, 503, 200]));
    server.disk.set(Fate::Lost(3));
    let refused = outcome(client.update_mesh().mesh_name("m").send().await);
    assert_eq!((refused.as_str(), answers.take()), ("503 ServiceUnavailableException", vec![503, 503, 503]));
    // What will not go better another time is asked once.
    let refused = outcome(client.create_mesh().mesh_name("m").send().await);
    assert_eq!((refused.as_str(), answers.take()), ("409 ConflictException", vec![409]));
}

#[tokio::test]
async fn a_server_that_has_too_much_to_do_is_asked_again() {
    let server = Server::start(false).await;
    let answers = Answers { freed: Some(server.disk.clone()), ..Answers::default() };
    let client = client(&server, &answers);
    let waiting = server.overwhelm();
    client.create_mesh().mesh_name("m").send().await.unwrap();
    assert_eq!(answers.take(), [429, 200]);
    let (mut kept, mut refused) = (0, 0);
    for call in waiting {
        match call.await.unwrap() {
            Ok(_) => kept += 1,
            Err(why) if why.exception == Exception::TooManyRequests => refused += 1,
            Err(why) => panic!("{why}"),
        }
    }
    assert!(kept > 1000 && refused > 0, "{kept} kept, {refused} refused");
}
