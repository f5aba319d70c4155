//! The one error of this library.

use std::error;
use std::fmt;

use anstyle::{AnsiColor, Style};
use diagnostics::{Code, Diagnostic, causes, shown};

/// Why something was not done.
///
/// `Display` is the whole message as plain text: the error, a line for each cause, and the hint; or
/// an excerpt of the file that it is about. [`Error::styled`] is the same for a terminal with colours.
///
/// Every [`Diagnostic`] becomes one by `?`.
#[derive(Debug)]
pub struct Error {
    code: Code,
    message: Message,
    /// What it was made of, for [`Error::downcast_ref`].
    inner: Option<Box<dyn error::Error + Send + Sync>>,
}

#[derive(Debug)]
enum Message {
    /// `error: ...`, `cause: ...`, ` hint: ...`
    Lines {
        error: String,
        causes: Vec<String>,
        hint: Option<String>,
    },
    /// An excerpt with its marks, styled.
    Excerpt(String),
}

impl Error {
    /// An error of one line, without a full stop.
    pub fn new(code: Code, error: impl Into<String>) -> Error {
        Error {
            code,
            message: Message::Lines {
                error: error.into(),
                causes: Vec::new(),
                hint: None,
            },
            inner: None,
        }
    }

    /// An error that shows the text that it is about. Colours are ANSI escape sequences.
    pub fn excerpt(code: Code, excerpt: String) -> Error {
        Error {
            code,
            message: Message::Excerpt(excerpt),
            inner: None,
        }
    }

    /// Adds another error and its sources as causes.
    #[must_use]
    pub fn caused_by(self, error: impl error::Error + Send + Sync + 'static) -> Error {
        let mut caused = self.cause(error.to_string());
        for cause in causes(&error) {
            caused = caused.cause(cause.to_string());
        }
        caused.inner = Some(Box::new(error));
        caused
    }

    /// Adds a cause in words.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Error {
        if let Message::Lines { causes, .. } = &mut self.message {
            causes.push(cause.into());
        }
        self
    }

    /// Sets the hint: what to do about it, in one sentence without a full stop.
    #[must_use]
    pub fn hint(mut self, line: impl Into<String>) -> Error {
        if let Message::Lines { hint, .. } = &mut self.message {
            *hint = Some(line.into());
        }
        self
    }

    /// Its kind, which is the exit code of the command.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The error of this type among those that it was made of.
    pub fn downcast_ref<E: error::Error + 'static>(&self) -> Option<&E> {
        let inner: &(dyn error::Error + 'static) = self.inner.as_deref()?;
        let found = inner.downcast_ref();
        found.or_else(|| causes(inner).find_map(|cause| cause.downcast_ref()))
    }

    /// The message for a terminal, beginning with `error:`, with ANSI escape sequences for colours.
    pub fn styled(&self) -> String {
        let (red, bold) = (AnsiColor::Red.on_default().bold(), Style::new().bold());
        match &self.message {
            Message::Excerpt(excerpt) => excerpt.clone(),
            Message::Lines {
                error,
                causes,
                hint,
            } => {
                let mut text = format!("{red}error{red:#}: {}", quoted(error));
                for cause in causes {
                    text += &format!("\n{bold}cause{bold:#}: {}", quoted(cause));
                }
                if let Some(hint) = hint {
                    text += &format!("\n{bold} hint{bold:#}: {}", quoted(hint));
                }
                text
            }
        }
    }
}

/// A message with what it quotes of files and other programs. Its further lines are indented, so that none
/// looks like a line of ours.
fn quoted(message: &str) -> String {
    let mut lines = message.lines();
    let mut text = shown(lines.next().unwrap_or_default()).into_owned();
    for line in lines {
        let indent = if line.starts_with(' ') { "" } else { "       " };
        text += &format!("\n{indent}{}", shown(line));
    }
    text
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = anstream::adapter::strip_str(&self.styled()).to_string();
        f.write_str(plain.strip_prefix("error: ").unwrap_or(&plain))
    }
}

impl error::Error for Error {}

impl<E: Diagnostic + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Error {
        if let Some(excerpt) = error.excerpt() {
            let shown = Error::excerpt(error.code(), excerpt);
            return Error {
                inner: Some(Box::new(error)),
                ..shown
            };
        }
        let (code, message, hint) = (error.code(), error.to_string(), error.hint());
        let mut made = Error::new(code, message);
        for cause in causes(&error) {
            made = made.cause(cause.to_string());
        }
        made.inner = Some(Box::new(error));
        match hint {
            Some(hint) => made.hint(hint),
            None => made,
        }
    }
}
