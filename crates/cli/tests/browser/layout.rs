//! Looks that a program can check: widths, dark, print, contrast; no text over text.

use serde_json::Value;

use crate::chromium::Page;
use crate::{example, folder, sweep_report, tearsheet};

/// What is wider than the window, texts that leave their drawing, and texts that overlap.
const FAULTS: &str = "(() => { const faults = [];
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) faults.push(`the page is ${page.scrollWidth} wide`);
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim());
    const boxes = texts.map(text => text.getBoundingClientRect());
    boxes.forEach((box, at) => {
      const name = svg.closest('section')?.id + ': ' + texts[at].textContent;
      if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2)
        faults.push(name + ' is cut off');
      for (let other = 0; other < at; other++) {
        const b = boxes[other];
        const wide = Math.min(box.right, b.right) - Math.max(box.left, b.left);
        const high = Math.min(box.bottom, b.bottom) - Math.max(box.top, b.top);
        if (wide > 1.5 && high > 5) faults.push(name + ' lies over ' + texts[other].textContent);
      }
    });
  }
  return faults; })()";

#[track_caller]
fn check(page: &mut Page) {
    for width in [360, 768, 1600] {
        page.resize(width);
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
        let faults = page.evaluate(FAULTS);
        assert_eq!(faults, Value::Array(Vec::new()), "{width} pixels");
    }
}

pub(crate) fn a_tearsheet_fits_telephones_and_large_screens() {
    let folder = folder();
    for name in ["sixty_forty.toml", "long_short.toml"] {
        let mut page = Page::open(&tearsheet(&folder, name, &[]), 1200);
        check(&mut page);
        page.evaluate("document.querySelector('[data-scale=log]').click()");
        check(&mut page);
        page.evaluate("document.querySelector('[data-years=\"1\"]').click()");
        check(&mut page);
    }
}

pub(crate) fn the_report_of_a_sweep_fits_telephones_and_large_screens() {
    let folder = folder();
    let mut page = Page::open(
        &sweep_report(&folder, &example("sector_momentum.toml")),
        1200,
    );
    check(&mut page);
}

/// The lightness of the paper and of the text on it, and their contrast by WCAG 2.
const CONTRAST: &str = "(() => {
  const light = selector => { const [r, g, b] = selector.match(/[\\d.]+/g).map(v => { const s = v / 255; \
    return s <= .03928 ? s / 12.92 : ((s + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const of = element => { const text = light(getComputedStyle(element).color);
    return (Math.max(text, paper) + .05) / (Math.min(text, paper) + .05); };
  return {paper, text: of(document.body), note: of(document.querySelector('.note'))}; })()";

pub(crate) fn dark_pages_are_dark_and_legible_whether_asked_for_by_system_or_switch() {
    let folder = folder();
    let mut page = Page::open(&tearsheet(&folder, "sixty_forty.toml", &[]), 1200);
    let check = |page: &mut Page, is_dark: bool| {
        let contrast = page.evaluate(CONTRAST);
        assert_eq!(
            contrast["paper"].as_f64() < Some(0.1),
            is_dark,
            "{contrast}"
        );
        assert!(contrast["text"].as_f64() > Some(7.0), "{contrast}");
        assert!(contrast["note"].as_f64() > Some(4.5), "{contrast}");
    };
    check(&mut page, false);
    page.media("screen", "dark");
    check(&mut page, true);
    page.evaluate("document.getElementById('theme').click()");
    check(&mut page, false);
    page.evaluate("document.getElementById('theme').click()");
    check(&mut page, true);
    // Paper is white.
    page.media("print", "dark");
    check(&mut page, false);
}

pub(crate) fn a_printed_page_has_all_pictures_and_no_switches() {
    let folder = folder();
    let mut page = Page::open(&tearsheet(&folder, "sixty_forty.toml", &[]), 1200);
    page.media("print", "light");
    let seen = "[...document.querySelectorAll('button, select, details, .controls')]\
                .filter(e => e.getBoundingClientRect().width > 0).length";
    assert_eq!(page.evaluate(seen), 0);
    let drawn = "[...document.querySelectorAll('figure')].every(figure => \
                 [...figure.querySelectorAll('svg')].some(svg => svg.getBoundingClientRect().width > 0))";
    assert_eq!(page.evaluate(drawn), true);
    assert!(page.print().len() > 50_000);
}
