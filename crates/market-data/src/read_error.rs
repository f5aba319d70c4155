//! What is wrong with a file, before its path is known.

use std::path::Path;

use crate::error::{FileError, Place, Problem};

/// What is wrong with a file, and where in it if in one place.
#[derive(Debug)]
pub(crate) struct ReadError {
    place: Option<Place>,
    problem: Problem,
}

impl ReadError {
    /// The error of a file with this path.
    pub(crate) fn in_file(self, path: &Path) -> FileError {
        FileError {
            path: path.to_owned(),
            place: self.place,
            problem: self.problem,
        }
    }
}

impl From<Problem> for ReadError {
    fn from(problem: Problem) -> Self {
        ReadError {
            place: None,
            problem,
        }
    }
}

impl From<(Option<Place>, Problem)> for ReadError {
    fn from((place, problem): (Option<Place>, Problem)) -> Self {
        ReadError { place, problem }
    }
}
