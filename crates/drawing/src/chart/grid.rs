//! Rows and columns of shaded numbers.

use crate::palette::Ink;
use crate::scene::{Anchor, Scene};

/// Rows and columns of numbers, each on a colour; the last column, a total, stands apart.
#[derive(Clone, Debug)]
pub struct Grid {
    /// What it shows, for screen readers.
    pub label: String,
    /// The names of the columns, and in their first letters those of a narrow drawing. The last is
    /// kept whole.
    pub columns: Vec<String>,
    /// The rows from the top.
    pub rows: Vec<GridRow>,
}

/// A row of a grid.
#[derive(Clone, Debug)]
pub struct GridRow {
    /// Its name.
    pub name: String,
    /// A cell for each column; none where there is no value.
    pub cells: Vec<Option<GridCell>>,
}

/// A cell of a grid.
#[derive(Clone, Debug)]
pub struct GridCell {
    /// What is written in it: in a wide drawing, and in a narrow one.
    pub texts: [String; 2],
    /// Its colour: from -1, the strongest contrast, over 0, none, to 1.
    pub strength: f64,
    /// Its tooltip.
    pub title: String,
}

impl Grid {
    /// Draws it this many pixels wide.
    pub fn draw(&self, width: f64) -> Scene {
        const LEFT: f64 = 40.0;
        const TOP: f64 = 22.0;
        const ROW: f64 = 21.0;
        let is_narrow = width < 500.0;
        let (gap, size) = if is_narrow { (4.0, 9.5) } else { (10.0, 11.5) };
        let height = TOP + self.rows.len() as f64 * ROW + 4.0;
        let mut scene = Scene::new(width, height, self.label.clone());
        let last = self.columns.len().saturating_sub(1);
        // The last column is a third wider.
        let column = (width - LEFT - gap) / (last as f64 + 1.3);
        let place = |at: usize| match at == last {
            true => (width - 1.3 * column, 1.3 * column),
            false => (LEFT + at as f64 * column, column),
        };
        for (at, name) in self.columns.iter().enumerate() {
            let letters = if is_narrow && at < last {
                1
            } else {
                usize::MAX
            };
            let name: String = name.chars().take(letters).collect();
            let (x, wide) = place(at);
            scene.sized(
                (x + wide / 2.0, 15.0),
                name,
                size,
                Ink::Muted,
                Anchor::Middle,
            );
        }
        for (at, row) in self.rows.iter().enumerate() {
            let y = TOP + at as f64 * ROW;
            let baseline = y + ROW / 2.0 + 4.0;
            let name = row.name.clone();
            scene.sized((LEFT - 8.0, baseline), name, size, Ink::Muted, Anchor::End);
            for (at, cell) in row.cells.iter().enumerate() {
                let Some(cell) = cell else { continue };
                let (x, wide) = place(at);
                let area = (x + 0.5, y + 0.5, wide - 1.0, ROW - 1.0);
                // A finger cannot rest on a cell of the narrow drawing.
                match is_narrow {
                    true => scene.rect(area, cell.ink(), cell.opacity()),
                    false => scene.titled(area, cell.ink(), cell.opacity(), cell.title.clone()),
                }
                let text = cell.texts[usize::from(is_narrow)].clone();
                let at = (x + wide / 2.0, baseline);
                scene.sized(at, text, size, Ink::Text, Anchor::Middle);
            }
        }
        scene
    }
}

impl GridCell {
    fn ink(&self) -> Ink {
        match self.strength < 0.0 {
            true => Ink::Contrast,
            false => Ink::Primary,
        }
    }

    fn opacity(&self) -> f64 {
        match self.strength == 0.0 {
            true => 0.0,
            false => 0.06 + 0.54 * self.strength.abs().min(1.0),
        }
    }
}
