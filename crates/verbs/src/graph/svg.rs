//! A graph as a picture that stands on its own: SVG without scripts, fonts or anything else from outside.
//!
//! Requests go from left to right. Routes are rows in their router's box and gateway routes rows in their gateway's.
//! Texts are measured for the widest common monospace font and cut where they do not fit; a tooltip has the whole. The
//! picture is light or dark as its viewer prefers.

mod boxes;
mod draw;
mod layout;
mod measure;

use meshwright_model::graph::Graph;

use super::view::View;

/// Graphs as one picture, one mesh under the other.
pub fn render(graphs: &[Graph]) -> String {
    let views: Vec<View> = graphs.iter().map(View::of).collect();
    draw::picture(&views)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roxmltree::{Document, Node};

    use super::super::sample::{Sample, any_graph, circle, hostile, shop, tangled, tiered};
    use super::*;

    fn texts(document: &Document<'_>) -> Vec<String> {
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
    }

    fn length(node: Node<'_, '_>, attribute: &str) -> f64 {
        node.attribute(attribute).unwrap().parse().unwrap()
    }

    /// Left, top, right and bottom of each box of a picture of one mesh.
    fn boxes(document: &Document<'_>) -> Vec<[f64; 4]> {
        let cards =
            document.descendants().filter(|node| node.attribute("class").is_some_and(|it| it.starts_with("card")));
        cards
            .map(|card| {
                let [x, y] = ["x", "y"].map(|it| length(card, it));
                [x, y, x + length(card, "width"), y + length(card, "height")]
            })
            .collect()
    }

    fn assert_nothing_overlaps(boxes: &[[f64; 4]]) {
        for (position, a) in boxes.iter().enumerate() {
            for b in &boxes[position + 1..] {
                assert!(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1], "{a:?} {b:?}");
            }
        }
    }

    /// All words of a picture, and where the boxes of one mesh stand.
    fn read(picture: &str) -> (Vec<String>, Vec<[f64; 4]>) {
        let document = Document::parse(picture).unwrap();
        (texts(&document), boxes(&document))
    }

    #[test]
    fn routes_are_rows_with_a_share_for_each_target() {
        let (texts, boxes) = read(&render(&[shop()]));
        for expected in
            ["mesh shop", "router · http 8080", "beta", "priority 20 · http · prefix /", "90 %", "10 %", "100 %"]
        {
            assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
        }
        assert_eq!(boxes.len(), 8);
        assert_nothing_overlaps(&boxes);
    }

    #[test]
    fn problems_are_seen_and_told_in_full_by_the_tooltip() {
        let picture = render(&[shop()]);
        let (texts, _) = read(&picture);
        assert!(texts.iter().any(|text| text == "✗ is named, but no file defines it"));
        assert!(
            texts.iter().any(|text| text == "✗ virtual service audit.shop.local: is named, but no file defines it")
        );
        let title = "<title>virtual service audit.shop.local\n✗ is named, but no file defines it</title>";
        assert!(picture.contains(title));
    }

    #[test]
    fn requests_go_from_left_to_right() {
        let document = render(&[shop()]);
        let document = Document::parse(&document).unwrap();
        let left = |name: &str| {
            let text = document.descendants().find(|node| node.text() == Some(name) && node.has_tag_name("text"));
            length(text.unwrap(), "x")
        };
        let way = ["edge", "api.shop.local", "all", "api-v1", "ledger.shop.local"].map(left);
        assert!(way.is_sorted_by(|a, b| a < b), "{way:?}");
    }

    #[test]
    fn the_picture_needs_nothing_from_outside_and_runs_nothing() {
        let picture = render(&[shop(), hostile()]);
        let document = Document::parse(&picture).unwrap();
        let allowed = ["svg", "title", "style", "rect", "g", "text", "path", "circle"];
        for node in document.descendants().filter(Node::is_element) {
            assert!(allowed.contains(&node.tag_name().name()), "{node:?}");
            assert!(
                node.attributes().all(|attribute| !attribute.name().starts_with("on") && attribute.name() != "href")
            );
        }
        assert!(!picture.contains("url(") && !picture.contains("@import"));
    }

    #[test]
    fn long_names_are_cut_in_the_box_and_whole_in_the_tooltip() {
        let name = format!("start-{}-end", "x".repeat(240));
        let picture = render(&[Sample::new("m").node(&name, &[], &[]).build()]);
        let (texts, boxes) = read(&picture);
        assert!(texts.iter().any(|text| text.starts_with("start-x") && text.contains('…') && text.ends_with("x-end")));
        assert!(picture.contains(&format!("<title>node {name}</title>")));
        assert!(boxes[0][2] - boxes[0][0] <= 340.0);
    }

    #[test]
    fn beyond_two_hundred_boxes_routes_are_counted() {
        let (texts, boxes) = read(&render(&[tiered(70, 2)]));
        assert!(boxes.len() > 200);
        assert!(texts.iter().any(|text| text == "router · 2 routes"));
        assert!(texts.iter().any(|text| text.contains("routes are counted")));
        assert!(!texts.iter().any(|text| text.ends_with(" %")));
        assert_nothing_overlaps(&boxes);
    }

    #[test]
    fn a_router_with_very_many_routes_shows_some_and_counts_the_rest() {
        let mut sample = Sample::new("m").router("r", &[]);
        for number in 0..10_000 {
            sample = sample.route("r", &format!("r{number:05}"), &[], &[("a", 1)]);
        }
        let (texts, boxes) = read(&render(&[sample.build()]));
        assert!(texts.iter().any(|text| text == "… 9977 routes more"), "{texts:?}");
        assert!(boxes.iter().all(|corners| corners[3] - corners[1] < 1000.0));
    }

    #[test]
    fn tangles_and_circles_are_laid_out_like_the_rest() {
        for graph in [circle(), tangled(20, 2), tangled(60, 3), tangled(200, 8)] {
            let (_, boxes) = read(&render(&[graph]));
            assert_nothing_overlaps(&boxes);
        }
    }

    #[test]
    fn no_mesh_and_a_mesh_without_resources_are_pictures_too() {
        assert!(read(&render(&[])).0.contains(&"no mesh".to_owned()));
        assert!(read(&render(&[Sample::new("bare").build()])).0.contains(&"no resources".to_owned()));
    }

    #[test]
    fn a_name_that_stays_open_does_not_look_like_a_problem() {
        let picture = |name: &str| render(&[Sample::new("m").node("a", &[], &[name]).open("${B}").build()]);
        let looks_bad =
            |picture: &str| ["\"card cardbad missing\"", " bad\"", "\"tipbad\""].map(|it| picture.contains(it));
        assert_eq!(looks_bad(&picture("c")), [true; 3]);
        assert_eq!(looks_bad(&picture("${B}")), [false; 3]);
        assert!(picture("${B}").contains("\"card missing\""));
    }

    proptest! {
        #[test]
        fn any_graph_gives_xml_that_is_the_same_each_time(graph in any_graph()) {
            let picture = render(std::slice::from_ref(&graph));
            let (_, boxes) = read(&picture);
            assert_nothing_overlaps(&boxes);
            prop_assert_eq!(picture, render(&[graph]));
        }
    }
}
