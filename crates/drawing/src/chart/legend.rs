//! The names of what a chart shows, above its frame.

use super::labels::shortened;
use crate::font::{Face, text_width};
use crate::palette::Ink;
use crate::scene::{Anchor, SIZE, Scene};

/// A name and its colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The name.
    pub name: String,
    /// The colour of its marks.
    pub ink: Ink,
}

impl Key {
    /// A name and its colour.
    pub fn new(name: impl Into<String>, ink: Ink) -> Key {
        let name = name.into();
        Key { name, ink }
    }
}

/// How names stand above a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Legend {
    /// No names.
    #[default]
    None,
    /// Side by side, each after a piece of its line; shortened where they would not fit.
    Row(Vec<Key>),
    /// One below the other, each after a piece of its line.
    Rows(Vec<Key>),
    /// Side by side in as many rows as it takes, each after a square.
    Swatches(Vec<Key>),
}

/// Pixels from the left.
const LEFT: f64 = 50.0;

/// Pixels from one row to the next.
const ROW: f64 = 18.0;

impl Legend {
    /// Where the frame below it begins, in pixels from the top.
    pub fn height(&self, width: f64) -> f64 {
        match self {
            Legend::None => 12.0,
            Legend::Row(_) => 26.0,
            Legend::Rows(keys) => 10.0 + keys.len() as f64 * ROW,
            Legend::Swatches(keys) => {
                let places = swatches(keys, width);
                places.last().map_or(12.0, |(_, y, _)| y + 8.0)
            }
        }
    }

    /// The names alone as a drawing, for a script that draws the chart below them.
    pub fn scene(&self, width: f64) -> Scene {
        let mut scene = Scene::new(width, self.height(width), "");
        self.draw(&mut scene);
        scene
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        match self {
            Legend::None => {}
            Legend::Row(keys) => row(scene, keys, 0.0),
            Legend::Rows(keys) => {
                for (at, key) in keys.iter().enumerate() {
                    row(scene, std::slice::from_ref(key), at as f64 * ROW);
                }
            }
            Legend::Swatches(keys) => {
                let places = swatches(keys, scene.width);
                for (key, (x, y, name)) in keys.iter().zip(places) {
                    scene.rect((x, y - 9.0, 11.0, 11.0), key.ink, 0.75);
                    scene.text((x + 16.0, y + 1.0), name, Ink::Text, Anchor::Start);
                }
            }
        }
    }
}

fn row(scene: &mut Scene, keys: &[Key], top: f64) {
    let size = |name: &str| 46.0 + text_width(name, SIZE, Face::Regular);
    let fits = |most: &usize| {
        let widths = keys.iter().map(|key| size(&shortened(&key.name, *most)));
        LEFT + widths.sum::<f64>() - 20.0 <= scene.width
    };
    let most = (8..=40).rev().find(fits).unwrap_or(8);
    let mut x = LEFT;
    for key in keys {
        let name = shortened(&key.name, most);
        let stroke = vec![(x, top + 11.0), (x + 20.0, top + 11.0)];
        match key.ink {
            Ink::Reference => scene.dashed(stroke, key.ink, 1.6),
            ink => scene.line(stroke, ink, 2.0),
        }
        let width = size(&name);
        scene.text((x + 26.0, top + 15.0), name, Ink::Text, Anchor::Start);
        x += width;
    }
}

/// The place of each swatch and its name.
fn swatches(keys: &[Key], width: f64) -> Vec<(f64, f64, String)> {
    let (mut x, mut y) = (LEFT, 12.0);
    let place = |key: &Key| {
        let name = shortened(&key.name, 24);
        let size = text_width(&name, SIZE, Face::Regular) + 34.0;
        if x + size > width && x > LEFT {
            (x, y) = (LEFT, y + ROW);
        }
        let at = (x, y, name);
        x += size;
        at
    };
    keys.iter().map(place).collect()
}
