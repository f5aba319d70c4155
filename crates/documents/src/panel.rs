//! A panel: a picture or a table with its title, and the numbers behind the picture.

use drawing::Scene;
use drawing::chart::Picture;

/// A part of a document.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its name in links and on the command line.
    pub id: &'static str,
    /// Its title.
    pub title: String,
    /// What is shown, and over what it is aggregated. Names in backticks are set as code.
    pub note: String,
    /// The picture or the table.
    pub content: Content,
}

/// What a panel shows.
#[derive(Clone, Debug)]
pub enum Content {
    /// A picture.
    Figure(Box<Figure>),
    /// A table.
    Table(Table),
}

/// A picture, and the numbers behind it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is drawn.
    pub picture: Picture,
    /// Whether it takes the whole width of a page.
    pub is_wide: bool,
    /// Its name in the page's script, which draws it again under the pointer.
    pub interactive: Option<&'static str>,
    /// What it shows, as a table.
    pub table: Table,
}

/// Rows and columns of text.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<String>,
    /// A cell in each for each column.
    pub rows: Vec<Vec<Cell>>,
    /// Whether the cells hold words, which stand at the left, and not numbers.
    pub is_of_words: bool,
}

/// One cell of a table.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// What is written in it.
    pub text: String,
    /// Its tooltip.
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

impl Cell {
    /// The name of a group of rows.
    pub(crate) fn group(name: &str) -> Cell {
        Cell {
            is_group: true,
            ..Cell::from(name)
        }
    }

    /// With words for the pointer.
    pub(crate) fn titled(text: impl Into<String>, title: String) -> Cell {
        Cell {
            title: Some(title),
            ..Cell::from(text.into())
        }
    }
}

impl Panel {
    /// A picture that takes half of the width of a page.
    pub(crate) fn picture(
        id: &'static str,
        title: impl Into<String>,
        note: impl Into<String>,
        picture: Picture,
        table: Table,
    ) -> Panel {
        let figure = Figure {
            picture,
            is_wide: false,
            interactive: None,
            table,
        };
        Panel {
            id,
            title: title.into(),
            note: note.into(),
            content: Content::Figure(Box::new(figure)),
        }
    }

    /// A table.
    pub(crate) fn table(
        id: &'static str,
        title: impl Into<String>,
        note: impl Into<String>,
        table: Table,
    ) -> Panel {
        Panel {
            id,
            title: title.into(),
            note: note.into(),
            content: Content::Table(table),
        }
    }

    /// The same over the whole width of a page.
    pub(crate) fn wide(mut self) -> Panel {
        if let Content::Figure(figure) = &mut self.content {
            figure.is_wide = true;
        }
        self
    }

    /// The same, drawn again by the page's script, which has it under the panel's name.
    pub(crate) fn interactive(mut self) -> Panel {
        if let Content::Figure(figure) = &mut self.content {
            figure.interactive = Some(self.id);
        }
        self
    }
}

impl Table {
    /// A table without rows.
    pub fn new<T: AsRef<str>>(header: &[T]) -> Table {
        Table {
            header: header.iter().map(|name| name.as_ref().to_owned()).collect(),
            ..Table::default()
        }
    }

    /// The same with more columns at the right.
    pub(crate) fn with(mut self, header: impl IntoIterator<Item = impl Into<String>>) -> Table {
        self.header.extend(header.into_iter().map(Into::into));
        self
    }

    /// The same with cells that hold words.
    pub(crate) fn of_words(mut self) -> Table {
        self.is_of_words = true;
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<Cell>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Adds a row of a name and more cells.
    pub(crate) fn named(&mut self, name: impl Into<Cell>, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().map(Cell::from);
        self.rows
            .push(std::iter::once(name.into()).chain(cells).collect());
    }

    /// The same without the columns at the right that are empty in all rows.
    pub(crate) fn without_empty_columns(mut self) -> Table {
        let filled = |row: &Vec<Cell>| row.iter().rposition(|cell| !cell.text.is_empty());
        let last = self.rows.iter().filter_map(filled).max().unwrap_or(0);
        self.header.truncate(last + 1);
        for row in &mut self.rows {
            row.truncate(last + 1);
        }
        self
    }
}

/// The width in pixels of a picture that takes the whole page.
pub const WIDE: f64 = 920.0;

/// The width in pixels of a picture that shares a row of the page with another.
pub const HALF: f64 = 460.0;

/// The width in pixels of a picture on a telephone.
pub const NARROW: f64 = 350.0;

impl Figure {
    /// The width in pixels on a large screen or in a file.
    pub(crate) fn width(&self) -> f64 {
        if self.is_wide { WIDE } else { HALF }
    }

    /// The drawing for a large screen or a file.
    pub fn scene(&self) -> Scene {
        self.picture.draw(self.width())
    }
}
