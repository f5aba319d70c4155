//! Tables in characters: columns as wide as their widest cell.

/// Rows of cells, which may be coloured by ANSI escape codes.
#[derive(Clone, Debug)]
pub(crate) struct TextTable {
    rows: Vec<Vec<String>>,
    /// `<` for a column whose cells stand at the left, `>` for one at the right; the last one also
    /// holds for the columns beyond.
    sides: &'static str,
    /// The least widths of the first columns.
    least: &'static [usize],
    /// Characters between two columns.
    gap: usize,
}

impl TextTable {
    /// A table without rows.
    ///
    /// * `sides`: `<` or `>` for each column; the last one also holds for the columns beyond.
    /// * `least`: the least widths of the first columns, in characters.
    pub(crate) fn new(sides: &'static str, least: &'static [usize]) -> TextTable {
        TextTable {
            rows: Vec::new(),
            sides,
            least,
            gap: 2,
        }
    }

    /// With one blank between columns instead of two.
    pub(crate) fn dense(mut self) -> TextTable {
        self.gap = 1;
        self
    }

    /// Adds a row, which may end before the last column.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    fn widths(&self) -> Vec<usize> {
        let n = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let column = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            let widest = cells.map(|cell| width(cell)).max().unwrap_or(0);
            widest.max(self.least.get(at).copied().unwrap_or(0))
        };
        (0..n).map(column).collect()
    }

    /// The table, a line for each row, without blanks at the ends of lines.
    pub(crate) fn text(&self) -> String {
        self.stacked(usize::MAX)
    }

    /// As many columns side by side as fit, the others below them, each time after the first one.
    ///
    /// * `most`: characters of a line.
    pub(crate) fn stacked(&self, most: usize) -> String {
        let widths = self.widths();
        let mut text = String::new();
        let mut next = 1;
        loop {
            let mut until = next;
            let mut line = widths.first().copied().unwrap_or(0);
            while let Some(width) = widths.get(until) {
                line += self.gap + width;
                if line > most && until > next {
                    break;
                }
                until += 1;
            }
            for row in &self.rows {
                self.write(&mut text, row, &widths, next..until);
            }
            next = until;
            if next >= widths.len() {
                return text;
            }
            text.push('\n');
        }
    }

    /// Writes the first cell and some others as a line.
    fn write(
        &self,
        text: &mut String,
        row: &[String],
        widths: &[usize],
        columns: std::ops::Range<usize>,
    ) {
        let mut line = String::new();
        let cells = row.iter().zip(widths).enumerate();
        for (at, (cell, wide)) in cells.filter(|(at, _)| *at == 0 || columns.contains(at)) {
            if at > 0 {
                line.extend(std::iter::repeat_n(' ', self.gap));
            }
            let padding = " ".repeat(wide.saturating_sub(width(cell)));
            let side = self.sides.chars().nth(at);
            match side.or(self.sides.chars().last()) {
                Some('<') => line.extend([cell.as_str(), &padding]),
                _ => line.extend([&padding, cell.as_str()]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// The characters that a terminal shows: all but ANSI escape codes.
fn width(cell: &str) -> usize {
    let mut is_code = false;
    let is_shown = |c: &char| {
        let shown = !is_code && *c != '\x1b';
        is_code = (is_code || *c == '\x1b') && *c != 'm';
        shown
    };
    cell.chars().filter(is_shown).count()
}

#[cfg(test)]
mod tests {
    use super::TextTable;

    fn table() -> TextTable {
        let mut table = TextTable::new("<>", &[4]);
        table.row(["", "a", "bb", "longer"]);
        table.row(["x", "−1", "\x1b[34m2\x1b[0m", "3"]);
        table
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let expected = "       a  bb  longer\nx     −1   \x1b[34m2\x1b[0m       3\n";
        assert_eq!(table().text(), expected);
    }

    #[test]
    fn what_does_not_fit_goes_below_after_the_first_column() {
        let expected = "       a  bb\nx     −1   \x1b[34m2\x1b[0m\n\n      longer\nx          3\n";
        assert_eq!(table().stacked(14), expected);
    }

    #[test]
    fn a_column_that_never_fits_stands_alone() {
        assert_eq!(
            table()
                .stacked(3)
                .lines()
                .filter(|line| line.is_empty())
                .count(),
            2
        );
    }
}
