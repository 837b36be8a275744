//! What the crate reads of a file that is never changed, in the form of `af dump --json`.

use super::af::{ArrayFile, ReadConfig};
use super::attribute;
use super::description::{dtype, statistics};
use super::element::{Element, with_element};
use crate::{json, store_of, wait};
use serde_json::{Map, Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn content<T: Element>(file: &ArrayFile, name: &str) -> Value {
    let read = catch_unwind(AssertUnwindSafe(|| wait(file.read_array::<T>(name, vec![], vec![]))));
    match read {
        Ok(Ok(array)) => T::content(&array.iter().cloned().collect::<Vec<_>>()),
        _ => json!({"error": "error"}),
    }
}

pub fn dump(path: &str) -> Result<Value, String> {
    std::panic::set_hook(Box::new(|_| {}));
    let (store, key) = store_of(path)?;
    let file = wait(ArrayFile::open(store, key, ReadConfig::default())).map_err(|e| e.to_string())?;
    let mut names = Vec::new();
    let mut arrays = Vec::new();
    for array in file.arrays() {
        let name: &str = &array.name;
        let dtype = dtype(&array.dtype);
        let content =
            with_element!(dtype.as_str().unwrap_or_default(), content(&file, name)).unwrap_or(Value::Null);
        let attributes: Map<String, Value> = file
            .attributes(name)
            .ok_or_else(|| format!("no attributes of {name}"))?
            .map(|(key, value)| (key.to_string(), attribute::to_json(value)))
            .collect();
        names.push(name.to_string());
        arrays.push(json!({
            "name": name,
            "dtype": dtype,
            "shape": array.shape,
            "chunk_shape": array.chunk_shape,
            "dimension_names": array.dimension_names,
            "fill_value": attribute::fill_to_json(&array.fill_value),
            "attribute_count": attributes.len(),
            "attributes": attributes,
            "stats": array.stats.as_ref().map(statistics),
            "content": content,
        }));
    }
    Ok(json!({
        "num_layers": 1,
        "list_order_sha256": json::sha256(json!(names).to_string().as_bytes()),
        "arrays": arrays,
    }))
}
