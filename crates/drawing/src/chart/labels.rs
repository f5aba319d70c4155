//! Names and labels that must fit.

use crate::font::{Face, text_width};
use crate::palette::Ink;
use crate::scene::{Anchor, Scene};

/// Pixels of a label below or beside an axis of names.
pub(super) const SIZE: f64 = 11.0;

/// Characters that fit below a cell.
const BRIEF: usize = 16;

/// A name of at most this many characters, cut off with an ellipsis.
pub fn shortened(name: &str, most: usize) -> String {
    match name.chars().count() > most {
        true => name.chars().take(most - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

/// Labels of at most sixteen characters. Where two begin alike, their ends are kept too.
pub fn briefs(labels: &[String]) -> Vec<String> {
    let cut = |label: &String, head: usize| -> String {
        let n = label.chars().count();
        if n <= BRIEF {
            return label.clone();
        }
        let tail = label.chars().skip(n - (BRIEF - 1 - head));
        label.chars().take(head).chain(['…']).chain(tail).collect()
    };
    let heads: Vec<String> = labels.iter().map(|label| cut(label, BRIEF - 1)).collect();
    let is_unique = |at: usize| heads.iter().filter(|head| **head == heads[at]).count() == 1;
    let brief = |(at, label): (usize, &String)| match is_unique(at) {
        true => heads[at].clone(),
        false => cut(label, 5),
    };
    labels.iter().enumerate().map(brief).collect()
}

/// The width of the widest label in pixels.
pub(super) fn widest(labels: &[String]) -> f64 {
    let widths = labels
        .iter()
        .map(|label| text_width(label, SIZE, Face::Regular));
    widths.fold(0.0, f64::max)
}

/// Draws the labels of slots side by side, each below the middle of its slot and inside the drawing.
/// Where there is no room for all, every second, third … counted from the last.
pub(super) fn below(scene: &mut Scene, labels: &[String], left: f64, slot: f64, baseline: f64) {
    let every = ((widest(labels) + 8.0) / slot).ceil().max(1.0) as usize;
    let mut end = f64::NEG_INFINITY;
    for (at, label) in labels.iter().enumerate() {
        if !(labels.len() - 1 - at).is_multiple_of(every) {
            continue;
        }
        let half = text_width(label, SIZE, Face::Regular) / 2.0;
        let middle = left + (at as f64 + 0.5) * slot;
        let x = middle.clamp(half, (scene.width - half).max(half));
        if x - half >= end {
            let place = (x, baseline);
            scene.sized(place, label.clone(), SIZE, Ink::Muted, Anchor::Middle);
            end = x + half + 6.0;
        }
    }
}

/// A drawing without data: one line of text.
pub(super) fn empty(width: f64, label: &str, words: &str) -> Scene {
    let mut scene = Scene::new(width, 60.0, label);
    scene.text((width / 2.0, 34.0), words, Ink::Muted, Anchor::Middle);
    scene
}
