//! The published atlas crates as a command: applies operations to a store, prints what is in one.
//!
//! usage: atlas-reference VERSION apply DIR < OPERATIONS    a JSON list, see tests/interop-atlas/run
//!        atlas-reference VERSION dump DIR                  a JSON document

use std::future::Future;
use std::io::Read;

use serde_json::{Value, json};

#[macro_use]
mod store;

store_commands!(v10, atlas10, schema_1);
store_commands!(v12, atlas12, schema_2_and_3);
store_commands!(v14, atlas14, schema_2_and_3);

pub fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Elements of an operation's "values".
pub trait Element: Sized {
    fn of(value: &Value) -> Self;
}

impl Element for i32 {
    fn of(value: &Value) -> Self {
        value.as_i64().unwrap() as i32
    }
}

impl Element for f64 {
    fn of(value: &Value) -> Self {
        value.as_f64().unwrap()
    }
}

impl Element for String {
    fn of(value: &Value) -> Self {
        value.as_str().unwrap().to_string()
    }
}

pub fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as usize).collect()
}

pub fn elements<T: Element>(operation: &Value) -> ndarray::ArrayD<T> {
    let values = operation["values"].as_array().unwrap().iter().map(T::of).collect();
    ndarray::ArrayD::from_shape_vec(numbers(&operation["shape"]), values).unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [version, command, folder] = &arguments[1..] else { panic!("usage: VERSION apply|dump DIR") };
    let operations = || {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).unwrap();
        serde_json::from_str::<Vec<Value>>(&text).unwrap()
    };
    match (version.as_str(), command.as_str()) {
        ("0.10", "apply") => wait(v10::apply(folder, operations())),
        ("0.12", "apply") => wait(v12::apply(folder, operations())),
        ("0.14", "apply") => wait(v14::apply(folder, operations())),
        ("0.10", "dump") => println!("{}", wait(v10::dump(folder))),
        ("0.12", "dump") => println!("{}", wait(v12::dump(folder))),
        ("0.14", "dump") => println!("{}", wait(v14::dump(folder))),
        _ => panic!("unknown command"),
    }
}
