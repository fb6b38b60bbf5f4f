//! Outlier detection of nodes.

use meshwright_model::listener::OutlierDetection;

use super::{Facts, Node};

impl<'a> Facts<'a> {
    /// Every outlier detection, with its node and the place of its listener.
    pub fn outlier_detections(&self) -> impl Iterator<Item = (Node<'a>, usize, &'a OutlierDetection)> {
        self.nodes().flat_map(|node| {
            let listeners = node.spec.listeners.iter().flatten().enumerate();
            listeners.filter_map(move |(index, listener)| Some((node, index, listener.outlier_detection.as_ref()?)))
        })
    }
}
