//! Meanings of the mesh itself.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{Place, Said, Trouble, put};
use crate::intent::{Egress, Intent};

/// What stands before what is said of the whole mesh.
const OF_ALL: &[&str] =
    &[",", ".", ";", ":", "(", "and", "but", "let", "so", "where", "that", "whose", "with", "has", "have"];

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "egress: allow all",
        block: Block::Egress,
        is_plain: true,
        home: Home::Mesh,
        ways: &[
            "open egress",
            "open ?mesh ?for|to egress",
            "mesh open ?for|to egress",
            "egress through",
            "egress open",
            "allow-all to egress",
            "allow-all ?traffic|requests|call to anything|anywhere|everything",
            "allow-all egress to egress",
            "allow-all everything to egress",
            "egress allow-all",
            "allow-all egress egress",
            "allow-all|let mesh ?send ?to egress",
            "egress ?must ?to keep working",
            "allow-all ?everything egress",
            "egress to allow-all",
            "allow-all traffic to outside",
            "egress on",
            "egress mesh ?to allow-all",
            "egress allowed",
            "egress to egress ?allow-all",
            "egress ?allow-all ?send ?to anywhere|everything|any|all",
            "allow-all egress ?send ?to anywhere|everything",
            "egress ?traffic free",
            "egress wide open",
            "wide open egress",
            "egress ?keep work|works|working|possible|fine|okay|ok",
            "allow-all internet-access",
            "allow-all ?application|hosts|mesh|everything ?send|call ?to internet-access",
        ],
        set: Set::Value(|intent, _, _| egress(intent, Egress::AllowAll)),
    },
    Meaning {
        name: "egress: all may leave the mesh",
        block: Block::Egress,
        is_plain: true,
        home: Home::Mesh,
        ways: &[
            "mesh|application|hosts|everything|virtual-node send|call ?to egress",
            "mesh|application|hosts|everything|virtual-node internet-access",
            "internet-access",
        ],
        set: Set::Act(|reader, _| {
            // "only orders may reach the internet", "the orders service": a mesh has no setting for a part of it.
            let start = reader.words.start;
            let before = (0..start).rev().find(|at| !reader.is_word(*at, &["the", "all", "our", "its", "my"]));
            let is_of_all = before.is_none_or(|at| OF_ALL.contains(&reader.low(at)));
            // "a node with internet access"
            let is_of_mesh = reader.is_current && reader.spot.is_some_and(|spot| spot.place == Place::Mesh);
            if !is_of_all || reader.words.len() == 1 && !is_of_mesh {
                return Err(Trouble::NotHere);
            }
            egress(&mut reader.intent, Egress::AllowAll)
        }),
    },
    Meaning {
        name: "egress: drop all",
        block: Block::Egress,
        is_plain: true,
        home: Home::Mesh,
        ways: &[
            "drop-all to egress",
            "drop-all egress to egress",
            "egress drop-all",
            "drop-all ?everything egress",
            "egress to drop-all",
            "no egress",
            "no ?allow-all egress ?any ?anymore ?more except ?to known-destinations",
            "close|closes ?mesh ?for|to egress",
            "mesh closed ?for|to egress",
            "no egress to egress",
            "egress to egress drop-all",
            "no-longer|drop-all|no ?allow-all ?hosts|application ?send|call ?to egress",
            "egress closed",
            "egress mesh ?to drop-all",
            "closed egress",
            "only allow-all ?to keep between|via|to|through ?app-mesh|mesh",
            "no allow-all egress",
            "no internet-access",
            "drop-all internet-access",
            "nothing ?shall keep mesh",
            "no keep mesh",
            "only ?to mesh keep",
            "let only mesh out",
            "allow-all only mesh out",
            "only mesh out",
            "only ?to mesh allow-all out",
            "nothing egress ?reached|listen|send|call",
            "only known-destinations ?reached|listen|send|call|allow-all",
            "egress off",
            "drop-all everything",
            "only allow-all egress ?to mesh",
            "only allow-all egress ?to inside|within ?the mesh",
            "allow-all only egress ?to mesh",
            "allow-all egress only ?to mesh",
            "egress only ?allow-all ?to mesh",
            "egress ?to mesh only",
            "only allow-all ?egress ?to known-destinations",
            "allow-all ?egress only ?to known-destinations",
            "egress only ?allow-all ?to known-destinations",
            "allow-all only ?egress ?to known-destinations",
            "?application only call|send ?to known-destinations",
            "?application only call ?other ?application ?everything mesh",
            "?application only send ?other|what ?application mesh",
            "?application call only ?other|what ?application mesh",
            "?application send only ?other|what ?application mesh",
        ],
        set: Set::Value(|intent, _, _| egress(intent, Egress::DropAll)),
    },
    Meaning {
        name: "egress: allow",
        block: Block::Egress,
        is_plain: false,
        home: Home::Mesh,
        ways: &["allow-all"],
        set: Set::Value(|intent, _, _| egress(intent, Egress::AllowAll)),
    },
    Meaning {
        name: "egress: drop",
        block: Block::Egress,
        is_plain: false,
        home: Home::Mesh,
        ways: &["drop-all"],
        set: Set::Value(|intent, _, _| egress(intent, Egress::DropAll)),
    },
    Meaning {
        name: "mesh owner",
        block: Block::Resource,
        is_plain: true,
        home: Home::Mesh,
        ways: &["owner <number>", "owner <text>"],
        set: Set::Value(|intent, _, slots| {
            let owner = slots.text("text");
            (owner.len() == 12 && owner.bytes().all(|letter| letter.is_ascii_digit()))
                .then_some(())
                .ok_or(Trouble::NotHere)?;
            put(&mut intent.mesh.get_or_insert_default().owner, owner, "mesh", "owner")
        }),
    },
];

fn egress(intent: &mut Intent, egress: Egress) -> Said {
    put(&mut intent.mesh.get_or_insert_default().egress, egress, "mesh", "egress")
}
