//! Colours by what they stand for. Blue and vermillion are those of Okabe and Ito, which people with
//! any colour vision can tell apart; the scale is cividis (Nuñez, Anderton and Renslow, 2018).

use std::fmt::Write;

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Text.
    Text,
    /// Less important text.
    Muted,
    /// Lines behind the marks.
    Grid,
    /// What everything is drawn on.
    Paper,
    /// What the chart is about; values above zero.
    Primary,
    /// What it is compared with. Lines of this colour are dashed in charts.
    Reference,
    /// What stands out; values below zero.
    Contrast,
    /// One of several things of equal rank, by its number.
    Nth(u8),
    /// This colour itself, on light and dark pages.
    Exact(Rgb),
}

/// Name in style sheets, colour on a light page, colour on a dark one.
const NAMED: [(Ink, &str, &str, &str); 15] = [
    (Ink::Text, "t", "#1b1f24", "#e6e9ec"),
    (Ink::Muted, "m", "#59626d", "#a3adb8"),
    (Ink::Grid, "g", "#e1e5ea", "#323941"),
    (Ink::Paper, "p", "#ffffff", "#15181c"),
    (Ink::Primary, "s", "#0072b2", "#56b4e9"),
    (Ink::Reference, "b", "#6f7883", "#98a2ad"),
    (Ink::Contrast, "d", "#d55e00", "#ff8c42"),
    (Ink::Nth(0), "n0", "#0072b2", "#56b4e9"),
    (Ink::Nth(1), "n1", "#e69f00", "#e69f00"),
    (Ink::Nth(2), "n2", "#009e73", "#27c498"),
    (Ink::Nth(3), "n3", "#cc79a7", "#d98fb8"),
    (Ink::Nth(4), "n4", "#56b4e9", "#3d7fb0"),
    (Ink::Nth(5), "n5", "#d55e00", "#ff8c42"),
    (Ink::Nth(6), "n6", "#a79a00", "#f0e442"),
    (Ink::Nth(7), "n7", "#8a929b", "#77808a"),
];

/// How many colours there are for things of equal rank.
pub const N_NTH: u8 = 8;

impl Ink {
    fn known(self) -> Option<&'static (Ink, &'static str, &'static str, &'static str)> {
        let ink = match self {
            Ink::Nth(n) => Ink::Nth(n % N_NTH),
            ink => ink,
        };
        NAMED.iter().find(|named| named.0 == ink)
    }

    /// The name in style sheets; `None` for an exact colour.
    pub(crate) fn name(self) -> Option<&'static str> {
        self.known().map(|named| named.1)
    }

    /// The colour on a light page.
    pub(crate) fn rgb(self) -> Rgb {
        match (self, self.known()) {
            (Ink::Exact(rgb), _) => rgb,
            (_, Some(named)) => {
                let channel = |at| u8::from_str_radix(&named.2[at..at + 2], 16).unwrap_or(0);
                [channel(1), channel(3), channel(5)]
            }
            _ => [0; 3],
        }
    }
}

/// The style sheet of all inks: `.fX` fills, `.kX` strokes.
///
/// * `variables`: with CSS variables that a page sets for light and dark, or with the colours of a
///   light page.
pub fn css(variables: bool) -> String {
    let mut css = String::new();
    let mut put = |text: std::fmt::Arguments<'_>| {
        // A `String` takes all text.
        let _ = css.write_fmt(text);
    };
    if variables {
        for (dark, start, end) in [
            (false, ":root{", "}\n"),
            (
                true,
                "@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){",
                "}}\n",
            ),
            (true, "@media screen{:root[data-theme=dark]{", "}}\n"),
        ] {
            put(format_args!("{start}"));
            for (_, name, light, on_dark) in NAMED {
                put(format_args!(
                    "--{name}:{};",
                    if dark { on_dark } else { light }
                ));
            }
            put(format_args!("{end}"));
        }
    }
    for (_, name, light, _) in NAMED {
        match variables {
            true => put(format_args!(
                ".f{name}{{fill:var(--{name})}}.k{name}{{stroke:var(--{name});fill:none}}\
                 .o{name}{{stroke:var(--{name})}}\n"
            )),
            false => put(format_args!(
                ".f{name}{{fill:{light}}}.k{name}{{stroke:{light};fill:none}}.o{name}{{stroke:{light}}}"
            )),
        }
    }
    css
}

/// Every eighth colour of cividis; between them it is all but linear.
const CIVIDIS: [Rgb; 17] = [
    [0, 34, 78],
    [0, 46, 104],
    [24, 57, 111],
    [47, 68, 109],
    [63, 79, 108],
    [77, 90, 109],
    [90, 101, 111],
    [102, 112, 115],
    [115, 123, 119],
    [129, 134, 121],
    [143, 146, 119],
    [158, 158, 116],
    [174, 171, 109],
    [191, 184, 101],
    [209, 198, 89],
    [228, 212, 74],
    [254, 232, 56],
];

/// The colour of a share from 0 (dark blue) to 1 (yellow).
pub fn cividis(share: f64) -> Rgb {
    let last = CIVIDIS.len() - 1;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = (position as usize).min(last - 1);
    let part = position - below as f64;
    let (a, b) = (CIVIDIS[below], CIVIDIS[below + 1]);
    [0, 1, 2].map(|channel| {
        let (a, b) = (f64::from(a[channel]), f64::from(b[channel]));
        (a + (b - a) * part).round() as u8
    })
}
