//! Where everything stands in a text: keys, values, dashes, anchors; in block style and in flow style.
