//! What the crate reads of a stack, in the form of `af dump --json`.

use super::af::{ArrayFile, MergedArrayMeta};
use super::attribute;
use super::description::{dtype, statistics};
use super::element::{Element, with_element};
use super::stack::open;
use crate::{json, wait};
use serde_json::{Map, Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn content<T: Element>(file: &ArrayFile, name: &str) -> Value {
    // Some damaged or misused stacks make the crate panic where it should answer an error.
    let read = catch_unwind(AssertUnwindSafe(|| wait(file.read_array::<T>(name, vec![], vec![]))));
    match read {
        Ok(Ok(array)) => T::content(&array.iter().cloned().collect::<Vec<_>>()),
        _ => json!({"error": "error"}),
    }
}

fn attributes(file: &ArrayFile, name: &str, keys: &[String]) -> Value {
    let get = |key: &String| file.get_attribute(name, key).ok().flatten();
    let found = keys.iter().filter_map(|key| Some((key.clone(), attribute::to_json(get(key)?))));
    Value::Object(found.collect::<Map<_, _>>())
}

fn array(file: &ArrayFile, meta: &MergedArrayMeta, keys: &[String]) -> Value {
    let name = meta.name.as_str();
    let dtype = dtype(&meta.dtype);
    // The crate has no call that reads lists, and none that reads raw chunks.
    let content =
        with_element!(dtype.as_str().unwrap_or_default(), content(file, name)).unwrap_or(Value::Null);
    json!({
        "name": name,
        "dtype": dtype,
        "shape": meta.shape,
        "chunk_shape": meta.chunk_shape,
        "dimension_names": meta.dimension_names,
        "fill_value": attribute::fill_to_json(&meta.fill_value),
        "attributes": attributes(file, name, keys),
        "attribute_count": file.get_array(name).map(|meta| meta.attributes.iter_entries().count()).unwrap_or(0),
        "stats": file.array_stats(name).map(statistics),
        "content": content,
    })
}

/// `keys`: the crate has no call that lists an array's attributes, so they are asked for one by one, and counted.
pub fn dump(path: &str, keys: &[String]) -> Result<Value, String> {
    std::panic::set_hook(Box::new(|_| {}));
    let file = open(path)?;
    let listing = file.list_arrays();
    let names: Vec<&str> = listing.iter().map(|meta| meta.name.as_str()).collect();
    Ok(json!({
        "num_layers": file.num_layers(),
        "list_order_sha256": json::sha256(json!(names).to_string().as_bytes()),
        "arrays": listing.iter().map(|meta| array(&file, meta, keys)).collect::<Vec<_>>(),
    }))
}
