//! A store on a disk that fails in every way at any moment: what was acknowledged is there, and of the rest all or nothing.

use std::collections::BTreeMap;

use meshwright_store::{Change, Contents, Error, File, Store};

use crate::disk::{Disk, Weather};
use crate::random::Random;

/// How many seeds are tried; `MESHWRIGHT_SIMULATIONS` says more.
const SEEDS: u64 = 400;

/// How many things happen in a run.
const STEPS: usize = 40;

fn seeds(few: u64) -> u64 {
    std::env::var("MESHWRIGHT_SIMULATIONS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(few)
}

type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// A store, the disk below it, and what it should hold.
struct World {
    seed: u64,
    random: Random,
    disk: Disk,
    file: Option<File>,
    revision: u64,
    state: State,
    /// What a commit would have led to that neither was acknowledged nor is known to have failed.
    maybe: Option<State>,
}

fn open(disk: &Disk) -> Result<File, Error> {
    let disk = disk.clone();
    File::over("simulated", move |builder| builder.create_with_backend(disk.clone()))
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        // A file is made under another name, and has its own when it is whole.
        let disk = Disk::new(Random(random.number()), Vec::new());
        open(&disk).unwrap();
        Self { seed, random, disk, file: None, revision: 0, state: State::new(), maybe: None }
    }

    /// A step of a run.
    fn step(&mut self) {
        match self.random.below(20) {
            0 | 1 => self.change_weather(),
            2 => self.crash(),
            3 => self.file = None,
            _ => self.commit(),
        }
        if self.disk.is_off() {
            self.crash();
        }
    }

    fn change_weather(&mut self) {
        let weather = match self.random.below(4) {
            0 => Weather { errors: 1 + self.random.below(100), ..Weather::default() },
            1 => Weather { room: Some(self.disk.taken() + self.random.index(8)), ..Weather::default() },
            2 => Weather { crash_after: Some(self.random.below(120)), errors: self.random.below(20), room: None },
            _ => Weather::default(),
        };
        self.disk.set(weather);
    }

    /// The store, opened where it is not; none where the disk does not let it.
    fn opened(&mut self) -> Option<&mut File> {
        if self.file.is_none() {
            match open(&self.disk) {
                Ok(file) => self.file = Some(file),
                Err(Error::Disk { .. }) => return None,
                Err(why) => panic!("seed {}: {why}", self.seed),
            }
        }
        self.file.as_mut()
    }

    fn commit(&mut self) {
        let count = 1 + self.random.index(4);
        let changes: Vec<Change> = (0..count).map(|_| self.change()).collect();
        if self.opened().is_none() || !self.settle() {
            return;
        }
        let mut after = self.state.clone();
        for Change { key, value } in &changes {
            match value {
                Some(value) => _ = after.insert(key.clone(), value.clone()),
                None => _ = after.remove(key),
            }
        }
        let (seed, revision) = (self.seed, self.revision);
        let Some(file) = self.opened() else { return };
        match file.commit(&changes) {
            Ok(found) => {
                assert_eq!(found, revision + 1, "seed {seed}");
                (self.revision, self.state) = (found, after);
            }
            Err(Error::Disk { .. }) => {
                self.maybe = Some(after);
                self.settle();
            }
            Err(why) => panic!("seed {seed}: {why}"),
        }
    }

    fn change(&mut self) -> Change {
        let key = format!("key-{}", self.random.below(30)).into_bytes();
        let byte = u8::try_from(self.random.below(256)).unwrap();
        let length = if self.random.below(8) == 0 { self.random.index(20_000) } else { self.random.index(300) };
        let value = (self.random.below(4) > 0).then(|| vec![byte; length]);
        Change { key, value }
    }

    /// Holds the store to what it should be; false where the disk does not let it say.
    fn settle(&mut self) -> bool {
        let seed = self.seed;
        let Some(file) = self.opened() else { return false };
        let contents = match file.load() {
            Ok(contents) => contents,
            Err(Error::Disk { .. }) => return false,
            Err(why) => panic!("seed {seed}: {why}"),
        };
        let found: State = contents.entries.into_iter().collect();
        if contents.revision == self.revision + 1 && self.maybe.as_ref() == Some(&found) {
            (self.revision, self.state) = (contents.revision, found);
        } else {
            assert_eq!(contents.revision, self.revision, "seed {seed}");
            assert!(found == self.state, "seed {seed}: revision {} differs", self.revision);
        }
        self.maybe = None;
        true
    }

    /// The power fails; the store is opened again on what is left, in fair weather.
    fn crash(&mut self) {
        let left = self.disk.crash();
        self.file = None;
        self.disk = Disk::new(Random(self.random.number()), left);
        if self.random.below(4) == 0 {
            // It may fail again at once.
            self.disk.set(Weather { crash_after: Some(self.random.below(60)), ..Weather::default() });
            let _ = self.opened().map(File::load);
            let left = self.disk.crash();
            self.file = None;
            self.disk = Disk::new(Random(self.random.number()), left);
        }
        assert!(self.settle(), "seed {}: it does not open after a crash", self.seed);
    }
}

#[test]
fn what_was_acknowledged_survives_whatever_the_disk_does() {
    let seeds = seeds(SEEDS);
    let mut revisions = 0;
    for seed in 0..seeds {
        let mut world = World::new(seed);
        for _ in 0..STEPS {
            world.step();
        }
        world.disk.set(Weather::default());
        assert!(world.settle(), "seed {seed}: it does not open in fair weather");
        world.crash();
        revisions += world.revision;
    }
    assert!(revisions > seeds * 5, "only {revisions} commits in {seeds} runs");
}

/// A store with some entries, closed.
fn sound(seed: u64) -> (Vec<u8>, Contents) {
    let mut world = World::new(seed);
    for _ in 0..20 {
        world.commit();
    }
    let contents = world.opened().unwrap().load().unwrap();
    world.file = None;
    (world.disk.crash(), contents)
}

#[test]
fn a_damaged_file_says_so_and_never_gives_something_else() {
    let seeds = seeds(SEEDS);
    let mut refused = 0;
    for seed in 0..seeds {
        let (mut content, before) = sound(seed);
        let mut random = Random(seed);
        match random.below(3) {
            0 => content.truncate(random.index(content.len())),
            1 => {
                let from = random.index(content.len());
                let to = (from + 4096).min(content.len());
                content[from..to].fill(0);
            }
            _ => {
                let place = random.index(content.len());
                content[place] ^= 1 << random.below(8);
            }
        }
        let found = open(&Disk::new(Random(seed), content)).and_then(|mut file| file.load());
        match found {
            Ok(found) => assert!(found == before, "seed {seed}: the damage changes what is there"),
            Err(Error::Damaged { .. } | Error::Disk { .. }) => refused += 1,
            Err(why) => panic!("seed {seed}: {why}"),
        }
    }
    assert!(refused > 0);
}
