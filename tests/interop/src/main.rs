//! `af-reference`: the published array-format crates, five versions side by side, behind one command.
//!
//! The sources in `version/` are compiled once against each of them.

// Once for each version, on purpose.
#![allow(clippy::duplicate_mod)]
// What is boxed in one version is a vector in another.
#![allow(clippy::useless_conversion)]

mod json;

use serde_json::Value;
use std::future::Future;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

const USAGE: &str = "\
usage: af-reference --crate 0.9|0.10|0.11|0.12|0.15 VERB (of 0.15 only dump)
  apply FILE            runs the operations (a JSON list) on standard input, each as the crate's own call
  dump FILE [KEYS]      prints what the crate reads, as JSON; KEYS (a JSON list) are the attributes to ask for
  bench-write FILE N    writes N arrays of 250 i32, prints seconds and peak memory
  bench-open FILE NAME  opens, looks up one array, lists all, prints seconds and peak memory";

/// One published version of the crate, and what the command does with it.
macro_rules! version {
    ($module:ident, $krate:ident, $lists:literal) => {
        #[path = "version"]
        mod $module {
            use $krate as af;
            mod attribute;
            mod bench;
            mod codec;
            mod description;
            mod dump;
            mod element;
            #[path = $lists]
            mod list_attribute;
            mod stack;

            pub fn run(verb: &str, path: &str, rest: &[String]) -> Result<serde_json::Value, String> {
                match (verb, rest) {
                    ("apply", []) => stack::apply(path, &super::operations()?),
                    ("dump", []) => dump::dump(path, &[]),
                    ("dump", [keys]) => dump::dump(path, &super::json::texts(&super::json::parse(keys)?)),
                    ("bench-write", [count]) => {
                        bench::write(path, count.parse().map_err(|_| "N is not a number")?)
                    }
                    ("bench-open", [name]) => bench::open(path, name),
                    _ => Err(super::USAGE.into()),
                }
            }
        }
    };
}
version!(v09, af09, "no_list_attribute.rs");
version!(v10, af10, "no_list_attribute.rs");
version!(v11, af11, "list_attribute.rs");
version!(v12, af12, "list_attribute.rs");

/// The version of files that are never changed; what changes them has another interface there.
#[path = "version"]
mod v15 {
    use af15 as af;
    // Values are only read.
    #[allow(dead_code)]
    mod attribute;
    mod description;
    #[allow(dead_code)]
    mod element;
    #[allow(dead_code)]
    mod list_attribute;
    mod single;

    pub fn run(verb: &str, path: &str) -> Result<serde_json::Value, String> {
        if verb == "dump" { single::dump(path) } else { Err(super::USAGE.into()) }
    }
}

/// Runs a future of the crate to its end.
fn wait<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let build = || tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    RUNTIME.get_or_init(build).block_on(future)
}

/// The folder of a file as a store, and the file's key in it.
fn store_of(path: &str) -> Result<(Arc<dyn object_store::ObjectStore>, object_store::path::Path), String> {
    let path = std::path::absolute(Path::new(path)).map_err(|e| e.to_string())?;
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str())) else {
        return Err(format!("{}: not the path of a file", path.display()));
    };
    let store = object_store::local::LocalFileSystem::new_with_prefix(folder).map_err(|e| e.to_string())?;
    // Unlike Path::from, this takes the name as it is, without escaping.
    let key = object_store::path::Path::parse(name).map_err(|e| e.to_string())?;
    Ok((Arc::new(store), key))
}

fn operations() -> Result<Vec<Value>, String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|e| e.to_string())?;
    json::parse(&text)?.as_array().cloned().ok_or("the operations are not a list".into())
}

fn run(arguments: &[String]) -> Result<Value, String> {
    let [option, version, verb, path, rest @ ..] = arguments else { return Err(USAGE.into()) };
    match (option.as_str(), version.as_str()) {
        ("--crate", "0.9") => v09::run(verb, path, rest),
        ("--crate", "0.10") => v10::run(verb, path, rest),
        ("--crate", "0.11") => v11::run(verb, path, rest),
        ("--crate", "0.12") => v12::run(verb, path, rest),
        ("--crate", "0.15") => v15::run(verb, path),
        _ => Err(USAGE.into()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("af-reference: {message}");
            ExitCode::FAILURE
        }
    }
}
