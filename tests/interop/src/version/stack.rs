//! Opening and changing a stack through the crate.

use super::af::{ArrayFile, FileConfig};
use super::attribute;
use super::codec::Codec;
use super::element::{Element, with_element};
use crate::{json, store_of, wait};
use ndarray::{ArrayView, IxDyn};
use serde_json::{Value, json};

/// Without its cache: the crate finds blocks in it by path and number, and answers with those of a former file
/// of that name once a stack was compacted.
pub fn config(codec: Codec, block_target_size: usize) -> FileConfig<Codec> {
    FileConfig { block_target_size, cache_capacity: 0, io_cache_capacity: 0, ..FileConfig::new(codec) }
}

fn config_from(operation: &Value) -> FileConfig<Codec> {
    let name = operation["codec"].as_str().unwrap_or("zstd");
    let level = operation["level"].as_i64().unwrap_or(3) as i32;
    let block_size = operation["block_size"].as_u64().unwrap_or(8 << 20) as usize;
    config(Codec::new(name, level), block_size)
}

pub fn open(path: &str) -> Result<ArrayFile, String> {
    open_with(path, config(Codec::new("zstd", 3), 8 << 20))
}

fn open_with(path: &str, config: FileConfig<Codec>) -> Result<ArrayFile, String> {
    let (store, key) = store_of(path)?;
    wait(ArrayFile::open(store, key, config)).map_err(|e| e.to_string())
}

fn create(path: &str, config: FileConfig<Codec>) -> Result<ArrayFile, String> {
    let (store, key) = store_of(path)?;
    wait(ArrayFile::create(store, key, config)).map_err(|e| e.to_string())
}

fn define<T: Element>(file: &mut ArrayFile, operation: &Value) -> Result<(), String> {
    file.define_array::<T>(
        json::text(&operation["name"]),
        operation["dimension_names"]
            .as_array()
            .map(|_| json::texts(&operation["dimension_names"]))
            .unwrap_or_default(),
        json::extents(&operation["shape"]),
        operation["chunk_shape"].as_array().map(|_| json::extents(&operation["chunk_shape"])),
        attribute::fill_from_json(&operation["fill"]),
    )
    .map_err(|e| e.to_string())
}

fn write<T: Element>(file: &mut ArrayFile, operation: &Value) -> Result<(), String> {
    let shape = json::extents(&operation["shape"]);
    let values = json::list(&operation["values"], T::from_json);
    let region = ArrayView::from_shape(IxDyn(&shape), &values).map_err(|e| e.to_string())?;
    let name = json::text(&operation["name"]);
    wait(file.write_array::<T>(&name, json::extents(&operation["start"]), region)).map_err(|e| e.to_string())
}

fn apply_one(file: &mut ArrayFile, operation: &Value) -> Result<(), String> {
    let name = operation["name"].as_str().unwrap_or_default();
    let dtype = operation["dtype"].as_str().unwrap_or_default();
    match operation["op"].as_str().unwrap_or_default() {
        "define" => {
            with_element!(dtype, define(file, operation)).unwrap_or(Err(format!("no element for {dtype}")))
        }
        "write" => {
            with_element!(dtype, write(file, operation)).unwrap_or(Err(format!("no element for {dtype}")))
        }
        "delete" => file.delete(name).map_err(|e| e.to_string()),
        "set_attribute" => {
            let value = attribute::from_json(&operation["value"]);
            file.set_attribute(name, &json::text(&operation["key"]), value).map_err(|e| e.to_string())
        }
        "flush" => wait(file.flush()).map_err(|e| e.to_string()),
        "compact" => wait(file.compact()).map_err(|e| e.to_string()),
        other => Err(format!("no such operation: {other:?}")),
    }
}

/// Runs operations one after the other. `create` and `open` begin with another handle; the first must be one of them.
pub fn apply(path: &str, operations: &[Value]) -> Result<Value, String> {
    let mut file = None;
    for operation in operations {
        let done = match (operation["op"].as_str(), &mut file) {
            (Some("create"), _) => create(path, config_from(operation)).map(|created| file = Some(created)),
            (Some("open"), _) => open_with(path, config_from(operation)).map(|opened| file = Some(opened)),
            (_, Some(file)) => apply_one(file, operation),
            (_, None) => Err("nothing is open".into()),
        };
        done.map_err(|message| format!("{message}, at {operation}"))?;
    }
    Ok(json!({"num_layers": file.map(|file| file.num_layers())}))
}
