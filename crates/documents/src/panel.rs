//! A panel: a picture or a table with its title, and the numbers behind the picture.

use drawing::Scene;

/// A part of a report.
pub struct Panel<'a> {
    /// Its name in links and on the command line.
    pub id: &'static str,
    /// Its title.
    pub title: String,
    /// What is shown, and what is aggregated.
    pub note: String,
    /// The picture or the table.
    pub content: Content<'a>,
}

/// What a panel shows.
pub enum Content<'a> {
    /// A picture.
    Figure(Figure<'a>),
    /// A table.
    Table(Table),
}

/// A picture at any width, and the numbers behind it.
pub struct Figure<'a> {
    /// Draws it so many pixels wide.
    pub draw: Box<dyn Fn(f64) -> Scene + 'a>,
    /// Whether it wants the whole width of a page.
    pub is_wide: bool,
    /// What the page's script draws anew: its name there.
    pub interactive: Option<&'static str>,
    /// What it shows, as a table.
    pub table: Table,
}

/// Rows and columns of text.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<String>,
    /// As many cells in each as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// Whether the cells hold words, which are read from the left, and not numbers.
    pub is_of_words: bool,
}

/// One cell of a table.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// What is said when the pointer rests on it.
    pub title: Option<String>,
    /// Whether it begins a group of rows.
    pub is_group: bool,
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell {
            text: text.into(),
            ..Cell::default()
        }
    }
}

impl Table {
    /// A table without rows.
    pub fn new(header: &[&str]) -> Table {
        Table {
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            ..Table::default()
        }
    }

    /// Without the columns at the end in which no row says anything.
    pub(crate) fn without_empty_columns(mut self) -> Table {
        let says = |row: &Vec<Cell>| row.iter().rposition(|cell| !cell.text.is_empty());
        let last = self.rows.iter().filter_map(says).max().unwrap_or(0);
        self.header.truncate(last + 1);
        for row in &mut self.rows {
            row.truncate(last + 1);
        }
        self
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into_iter().map(Cell::from).collect());
    }
}

/// How wide a picture is drawn that takes the whole page.
pub const WIDE: f64 = 920.0;

/// How wide a picture is drawn that shares a row of the page with another.
pub const HALF: f64 = 460.0;

/// How wide a picture is drawn for a telephone.
pub const NARROW: f64 = 350.0;

impl Figure<'_> {
    /// The drawing for a large screen or a file.
    pub fn scene(&self) -> Scene {
        (self.draw)(if self.is_wide { WIDE } else { HALF })
    }
}
