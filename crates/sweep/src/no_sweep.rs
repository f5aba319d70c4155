//! What a path holds that holds no sweep, for a message that helps.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// What there is in place of a sweep's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InPlaceOfSweep {
    /// Nothing.
    Nothing,
    /// A file.
    File,
    /// An empty folder.
    EmptyFolder,
    /// The folder of a backtest.
    Backtest,
    /// A folder without a plan.
    OtherFolder,
}

impl InPlaceOfSweep {
    pub(crate) fn at(path: &Path) -> io::Result<InPlaceOfSweep> {
        let metadata = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(InPlaceOfSweep::Nothing);
            }
            metadata => metadata?,
        };
        if !metadata.is_dir() {
            return Ok(InPlaceOfSweep::File);
        }
        let is_backtest = path.join("statistics.json").is_file();
        Ok(match fs::read_dir(path)?.next() {
            None => InPlaceOfSweep::EmptyFolder,
            Some(_) if is_backtest => InPlaceOfSweep::Backtest,
            Some(_) => InPlaceOfSweep::OtherFolder,
        })
    }

    pub(crate) fn hint(self, dir: &Path) -> String {
        let dir = dir.display();
        match self {
            InPlaceOfSweep::Nothing => {
                "check the spelling; `gridfolio sweep FILE --out DIR` makes such a folder"
                    .to_owned()
            }
            InPlaceOfSweep::File => "name the folder that `gridfolio sweep` wrote".to_owned(),
            InPlaceOfSweep::Backtest => format!("`gridfolio report {dir}` draws the backtest"),
            InPlaceOfSweep::EmptyFolder | InPlaceOfSweep::OtherFolder => {
                "`gridfolio sweep FILE --out DIR` writes one; name that folder".to_owned()
            }
        }
    }
}

impl fmt::Display for InPlaceOfSweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InPlaceOfSweep::Nothing => "does not exist",
            InPlaceOfSweep::File => "is a file, and a sweep is a folder",
            InPlaceOfSweep::EmptyFolder => "is an empty folder, and no sweep",
            InPlaceOfSweep::Backtest => "holds a backtest, and no sweep",
            InPlaceOfSweep::OtherFolder => "holds no sweep: there is no `plan.json`",
        })
    }
}
