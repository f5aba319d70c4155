//! A value over two axes of names, as colours.

use super::labels::{SIZE, below, briefs, widest};
use crate::axis::Frame;
use crate::font::{Face, text_width};
use crate::palette::{Ink, cividis};
use crate::scene::{Anchor, Raster, Scene, Shape};

/// A value over two axes of names.
#[derive(Clone, Debug)]
pub struct Map {
    /// What it shows, for screen readers.
    pub label: String,
    /// The names of the level axis and of the upright one.
    pub names: [String; 2],
    /// The values of the level axis, from the left.
    pub columns: Vec<String>,
    /// The values of the upright axis, from the bottom.
    pub rows: Vec<String>,
    /// Row by row from the bottom; none where there is no value.
    pub cells: Vec<Option<MapCell>>,
    /// What the colours say; none where all are one.
    pub scale: Option<Scale>,
    /// Written over a map without a value.
    pub empty: &'static str,
}

/// A cell of a map.
#[derive(Clone, Debug)]
pub struct MapCell {
    /// Its colour, from 0 to 1.
    pub share: f64,
    /// What is written in it where there is room.
    pub text: String,
    /// Its tooltip.
    pub title: String,
}

/// What the colours of a map say.
#[derive(Clone, Debug)]
pub struct Scale {
    /// What is written at the dark and at the bright end.
    pub ends: [String; 2],
    /// What is written below.
    pub name: String,
}

/// More cells are drawn without texts.
const MOST_TEXTS: usize = 900;

impl Map {
    /// Draws it this many pixels wide.
    pub fn draw(&self, width: f64) -> Scene {
        let (n_columns, n_rows) = (self.columns.len().max(1), self.rows.len().max(1));
        let row_labels = briefs(&self.rows);
        let left = widest(&row_labels) + 12.0;
        let frame = Frame {
            left,
            top: 22.0,
            width: width - left - 8.0,
            height: (n_rows as f64 * 26.0).clamp(120.0, 380.0),
        };
        let mut scene = Scene::new(width, frame.bottom() + 76.0, self.label.clone());
        let names = &self.names;
        scene.sized((0.0, 12.0), &*names[1], 11.5, Ink::Muted, Anchor::Start);
        let cell = (frame.width / n_columns as f64, frame.height / n_rows as f64);
        match self.cells.len() > MOST_TEXTS {
            true => self.raster(&mut scene, &frame),
            false => self.texts(&mut scene, &frame, cell),
        }
        let columns = briefs(&self.columns);
        below(&mut scene, &columns, left, cell.0, frame.bottom() + 15.0);
        let every = (15.0 / cell.1).ceil().max(1.0) as usize;
        for (at, label) in row_labels.into_iter().enumerate().step_by(every) {
            let place = (
                left - 6.0,
                frame.bottom() - (at as f64 + 0.5) * cell.1 + 4.0,
            );
            scene.sized(place, label, SIZE, Ink::Muted, Anchor::End);
        }
        let middle = frame.x(0.5);
        let place = (middle, frame.bottom() + 32.0);
        scene.sized(place, &*names[0], 11.5, Ink::Muted, Anchor::Middle);
        if let Some(scale) = &self.scale {
            scale.draw(&mut scene, middle, frame.bottom() + 46.0);
        }
        if self.cells.iter().all(Option::is_none) {
            let place = (middle, frame.y(0.5));
            scene.text(place, self.empty, Ink::Muted, Anchor::Middle);
        }
        scene
    }

    fn raster(&self, scene: &mut Scene, frame: &Frame) {
        let rows = self.cells.chunks(self.columns.len()).rev().flatten();
        let colours = rows.map(|cell| cell.as_ref().map(|cell| cividis(cell.share)));
        scene.shapes.push(Shape::Raster(Raster {
            area: (frame.left, frame.top, frame.width, frame.height),
            columns: self.columns.len(),
            cells: colours.collect(),
        }));
    }

    fn texts(&self, scene: &mut Scene, frame: &Frame, size: (f64, f64)) {
        for (at, cell) in self.cells.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let (row, column) = (at / self.columns.len(), at % self.columns.len());
            let x = frame.left + column as f64 * size.0;
            let y = frame.bottom() - (row + 1) as f64 * size.1;
            let colour = cividis(cell.share);
            let area = (x, y, size.0 - 0.7, size.1 - 0.7);
            scene.titled(area, Ink::Exact(colour), 1.0, cell.title.clone());
            if text_width(&cell.text, 10.5, Face::Regular) + 6.0 < size.0 && size.1 > 15.0 {
                let [red, green, blue] = colour.map(f64::from);
                let ink = match red * 0.299 + green * 0.587 + blue * 0.114 > 125.0 {
                    true => Ink::Exact([20, 24, 28]),
                    false => Ink::Exact([255, 255, 255]),
                };
                let place = (x + size.0 / 2.0, y + size.1 / 2.0 + 3.8);
                scene.sized(place, &*cell.text, 10.5, ink, Anchor::Middle);
            }
        }
    }
}

impl Scale {
    fn draw(&self, scene: &mut Scene, middle: f64, y: f64) {
        const WIDTH: f64 = 180.0;
        let left = middle - WIDTH / 2.0;
        let colours = (0..45).map(|at| Some(cividis(f64::from(at) / 44.0)));
        scene.shapes.push(Shape::Raster(Raster {
            area: (left, y, WIDTH, 10.0),
            columns: 45,
            cells: colours.collect(),
        }));
        let [low, high] = self.ends.clone();
        scene.sized((left - 6.0, y + 9.5), low, SIZE, Ink::Muted, Anchor::End);
        let right = left + WIDTH + 6.0;
        scene.sized((right, y + 9.5), high, SIZE, Ink::Muted, Anchor::Start);
        scene.sized(
            (middle, y + 24.0),
            &*self.name,
            SIZE,
            Ink::Muted,
            Anchor::Middle,
        );
    }
}
