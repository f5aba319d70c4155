//! The files of a crate import each other in one direction: there are no circles.
//!
//! An import is a `use` or a path that begins with `crate`, `super`, `self` or the name of a module
//! that the file declares. A name that is re-exported leads to the file it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::root;
use crate::source::{Token, tokens};

/// Crates whose circles are being taken apart. To see them, take a crate off the list.
const NOT_YET: &[&str] = &[];

/// A path in the source: `crate::market::Session` as its segments.
type Segments = Vec<String>;

/// A file: what it declares and what it names.
#[derive(Default)]
struct Module {
    children: BTreeSet<String>,
    /// Imported names, each with the path it stands for. A child may name them through `super`.
    imports: BTreeMap<String, Segments>,
    paths: Vec<Segments>,
    /// Macros that it exports.
    macros: Vec<String>,
}

/// The modules of a crate by their path from its root; the root itself has none.
type Modules = BTreeMap<Segments, Module>;

fn modules(folder: &Path) -> Modules {
    let mut modules = Modules::new();
    let lib = folder.join("lib.rs");
    let top = if lib.exists() {
        lib
    } else {
        folder.join("main.rs")
    };
    read(&top, folder, Vec::new(), &mut modules);
    place_macros_at_the_root(&mut modules);
    modules
}

/// An exported macro is named through the root, which does not import it for that.
fn place_macros_at_the_root(modules: &mut Modules) {
    let mut exported = Vec::new();
    for (file, module) in &*modules {
        for name in &module.macros {
            let path = [&["crate".to_owned()], &file[..], std::slice::from_ref(name)].concat();
            exported.push((name.clone(), path));
        }
    }
    if let Some(root) = modules.get_mut(&Segments::new()) {
        root.imports.extend(exported);
    }
}

/// Reads a file, and the files of the modules that it declares, which are in a folder of its name.
fn read(file: &Path, folder: &Path, name: Segments, modules: &mut Modules) {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let module = parse(&tokens(&text));
    for child in &module.children {
        let flat = folder.join(format!("{child}.rs"));
        let file = if flat.exists() {
            flat
        } else {
            folder.join(child).join("mod.rs")
        };
        let name = [&name[..], std::slice::from_ref(child)].concat();
        read(&file, &folder.join(child), name, modules);
    }
    modules.insert(name, module);
}

fn parse(tokens: &[Token]) -> Module {
    let mut module = Module::default();
    let mut at = 0;
    let mut is_exported = false;
    while at < tokens.len() {
        match &tokens[at..] {
            [Token::Name(word), ..] if word == "macro_export" => is_exported = true,
            [Token::Name(word), Token::Symbol('!'), Token::Name(name), ..]
                if word == "macro_rules" && is_exported =>
            {
                is_exported = false;
                module.macros.push(name.clone());
            }
            // `#[cfg(test)] mod tests { … }`: tests may look wherever they like.
            [Token::Name(word), Token::Name(_), Token::Symbol('{'), ..] if word == "mod" => {
                at = after_block(tokens, at + 2);
                continue;
            }
            [
                Token::Name(word),
                Token::Name(child),
                Token::Symbol(';'),
                ..,
            ] if word == "mod" => {
                module.children.insert(child.clone());
            }
            [Token::Name(word), ..] if word == "use" => {
                let end = at
                    + tokens[at..]
                        .iter()
                        .position(|t| *t == Token::Symbol(';'))
                        .unwrap();
                for (name, path) in tree(&tokens[at + 1..end], &[]) {
                    module.imports.insert(name, path.clone());
                    module.paths.push(path);
                }
                at = end;
            }
            [Token::Name(first), Token::Separator, ..] => {
                let mut path = vec![first.clone()];
                while let [Token::Separator, Token::Name(next), ..] = &tokens[at + 1..] {
                    path.push(next.clone());
                    at += 2;
                }
                module.paths.push(path);
            }
            _ => {}
        }
        at += 1;
    }
    module
}

fn after_block(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Symbol('{') => depth += 1,
            Token::Symbol('}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The names that a `use` brings in, with their whole paths: `a::{b, c as d}` is `a::b` and `a::c`.
fn tree(tokens: &[Token], before: &[String]) -> Vec<(String, Segments)> {
    let mut path = before.to_vec();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Name(word) if word == "as" => {
                let Some(Token::Name(name)) = tokens.get(at + 1) else {
                    break;
                };
                return vec![(name.clone(), path)];
            }
            Token::Name(word) if word == "self" && !path.is_empty() => {}
            Token::Name(word) => path.push(word.clone()),
            Token::Symbol('{') => {
                let inside = &tokens[at + 1..after_block(tokens, at) - 1];
                return branches(inside)
                    .flat_map(|branch| tree(branch, &path))
                    .collect();
            }
            _ => {}
        }
        at += 1;
    }
    let name = path.last().cloned().unwrap_or_default();
    vec![(name, path)]
}

/// The parts between the commas that stand in no braces of their own.
fn branches(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0;
    tokens
        .split(move |token| {
            match token {
                Token::Symbol('{') => depth += 1,
                Token::Symbol('}') => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == Token::Symbol(',')
        })
        .filter(|branch| !branch.is_empty())
}

/// The module in which a path, seen from a module, ends; `None` for names of other crates.
fn target(modules: &Modules, from: &Segments, path: &[String], hops: usize) -> Option<Segments> {
    let (first, rest) = path.split_first()?;
    let (mut whole, mut rest) = match first.as_str() {
        "crate" => (Vec::new(), rest),
        "self" => (from.clone(), rest),
        "super" => (from[..from.len().checked_sub(1)?].to_vec(), rest),
        _ if modules[from].children.contains(first) => (from.clone(), path),
        _ => return None,
    };
    while let Some((next, more)) = rest.split_first() {
        match next.as_str() {
            "super" => {
                whole.pop()?;
            }
            _ if modules[&whole].children.contains(next) => whole.push(next.clone()),
            // A name that the module has from elsewhere.
            _ => {
                let Some(import) = modules[&whole].imports.get(next).filter(|_| hops < 9) else {
                    break;
                };
                let further = [&import[..], more].concat();
                let elsewhere = target(modules, &whole, &further, hops + 1);
                return Some(elsewhere.unwrap_or(whole));
            }
        }
        rest = more;
    }
    Some(whole)
}

/// For each module those that it imports from.
fn imports(modules: &Modules) -> BTreeMap<&Segments, BTreeSet<Segments>> {
    let of = |(name, module): (&'_ Segments, &Module)| -> BTreeSet<Segments> {
        let paths = module.paths.iter();
        let targets = paths.filter_map(|path| target(modules, name, path, 0));
        targets.filter(|target| target != name).collect()
    };
    modules.iter().map(|entry| (entry.0, of(entry))).collect()
}

/// What can be reached from a module.
fn reach<'a>(
    imports: &'a BTreeMap<&Segments, BTreeSet<Segments>>,
    from: &Segments,
) -> BTreeSet<&'a Segments> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for next in &imports[module] {
            if found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}

/// The imports that are part of a circle, one a line.
fn circles(modules: &Modules) -> Vec<String> {
    let imports = imports(modules);
    let reached: BTreeMap<_, _> = imports.keys().map(|m| (*m, reach(&imports, m))).collect();
    let shown = |name: &Segments| match name.is_empty() {
        true => "the root".to_owned(),
        false => name.join("::"),
    };
    let mut lines = Vec::new();
    for (from, targets) in &imports {
        for target in targets
            .iter()
            .filter(|target| reached[target].contains(from))
        {
            lines.push(format!("{} -> {}", shown(from), shown(target)));
        }
    }
    lines
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let crate_folder = entry.unwrap();
        let name = crate_folder.file_name().into_string().unwrap();
        let circles = circles(&modules(&crate_folder.path().join("src")));
        if !NOT_YET.contains(&name.as_str()) && !circles.is_empty() {
            found.push(format!("{name}: {circles:#?}"));
        }
    }
    found.sort();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A crate in memory: the files by their module paths.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let modules = files.iter().map(|(name, text)| {
        let name = name.split("::").filter(|part| !part.is_empty());
        (name.map(str::to_owned).collect(), parse(&tokens(text)))
    });
    let mut modules = modules.collect();
    place_macros_at_the_root(&mut modules);
    assert_eq!(circles(&modules), expected);
}

#[test]
fn a_circle_is_found_through_a_re_export() {
    let files = [
        ("", "mod a; mod b; pub use b::{Other, Thing as That};"),
        ("a", "use crate::That; fn f() {}"),
        (
            "b",
            "fn g() { crate::a::f(); } pub struct Thing; pub struct Other;",
        ),
    ];
    check(&files, &["a -> b", "b -> a"]);
}

#[test]
fn a_macro_of_the_root_is_in_the_file_that_exports_it() {
    let files = [
        ("", "mod a; mod b; pub use b::Thing;"),
        (
            "a",
            "use crate::b; #[macro_export] macro_rules! make { () => {}; }",
        ),
        ("b", "crate::make! {} pub struct Thing;"),
    ];
    check(&files, &["a -> b", "b -> a"]);
}

#[test]
fn a_parent_and_its_child_are_a_circle_when_each_names_the_other() {
    let files = [
        ("", "mod a;"),
        ("a", "mod child; pub use child::f; fn g() { child::f() }"),
        ("a::child", "use super::g; pub fn f() { g() }"),
    ];
    check(&files, &["a -> a::child", "a::child -> a"]);
}

#[test]
fn comments_texts_and_tests_import_nothing() {
    let files = [
        ("", "mod a; mod b;"),
        (
            "a",
            "// crate::b::x\nfn f() -> &'static str { \"crate::b\" } #[cfg(test)] mod tests { use crate::b; }",
        ),
        ("b", "use crate::a::{self, f};"),
    ];
    check(&files, &[]);
}
