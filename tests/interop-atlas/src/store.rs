//! The same commands over each version of the crate.

/// What the versions call differently.
macro_rules! by_schema {
    (schema_1, set, $dataset:expr, $key:expr, $value:expr) => {
        $dataset.set_attribute($key, $value)
    };
    (schema_2_and_3, set, $dataset:expr, $key:expr, $value:expr) => {
        $dataset.set_attribute($key, $value).unwrap()
    };
    (schema_1, set_of_array, $dataset:expr, $array:expr, $key:expr, $value:expr) => {
        panic!("no attributes of arrays")
    };
    (schema_2_and_3, set_of_array, $dataset:expr, $array:expr, $key:expr, $value:expr) => {
        $dataset.set_array_attribute($array, $key, $value).unwrap()
    };
    (schema_1, all, $dataset:expr) => {
        $dataset.meta().attributes.into_iter().collect::<Vec<_>>()
    };
    (schema_2_and_3, all, $dataset:expr) => {
        $dataset.attributes().await.unwrap().into_iter().collect::<Vec<_>>()
    };
    (schema_1, all_of_array, $dataset:expr, $array:expr) => {
        Vec::<(String, Attr)>::new()
    };
    (schema_2_and_3, all_of_array, $dataset:expr, $array:expr) => {
        $dataset.array_attributes($array).await.unwrap().into_iter().collect::<Vec<_>>()
    };
}

macro_rules! store_commands {
    ($module:ident, $crate_name:ident, $schema:ident) => {
        mod $module {
            use super::*;
            use $crate_name::{ArrayStats, Atlas, Attr, Codec, DType, DatasetView, FillValue, MetaFormat, StatValue, StoreConfig};

            fn attribute(value: &Value) -> Attr {
                let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
                match kind.as_str() {
                    "Bool" => Attr::Bool(value.as_bool().unwrap()),
                    "Int64" => Attr::Int64(value.as_i64().unwrap()),
                    "Float64" => Attr::Float64(value.as_f64().unwrap()),
                    "String" => Attr::String(value.as_str().unwrap().into()),
                    "TimestampNs" => Attr::TimestampNanoseconds(value.as_i64().unwrap()),
                    kind => panic!("no attribute is a {kind} here"),
                }
            }

            fn shown(attribute: &Attr) -> Value {
                match attribute {
                    Attr::Bool(value) => json!({ "Bool": value }),
                    Attr::Int64(value) => json!({ "Int64": value }),
                    Attr::Float64(value) => json!({ "Float64": value }),
                    Attr::String(value) => json!({ "String": value }),
                    Attr::TimestampNanoseconds(value) => json!({ "TimestampNs": value }),
                    #[allow(unreachable_patterns)]
                    other => json!({ "other": format!("{other:?}") }),
                }
            }

            fn bound(value: &Option<StatValue>) -> Value {
                match value {
                    Some(StatValue::Int(value)) => json!(value),
                    Some(StatValue::Float(value)) => json!(value),
                    Some(StatValue::Bytes(value)) => json!(String::from_utf8_lossy(value)),
                    _ => Value::Null,
                }
            }

            fn statistics(stats: &ArrayStats) -> Value {
                json!([bound(&stats.min), bound(&stats.max), stats.null_count, stats.row_count])
            }

            async fn put(dataset: &mut DatasetView, operation: &Value) {
                let name = operation["array"].as_str().unwrap();
                let shape = numbers(&operation["shape"]);
                let names = (0..shape.len()).map(|axis| format!("d{axis}")).collect();
                let chunk = operation.get("chunk").map(numbers);
                let fill = operation.get("fill").map(|fill| match fill {
                    Value::String(text) => FillValue::String(text.clone()),
                    number if number.is_i64() => FillValue::Int(number.as_i64().unwrap()),
                    number => FillValue::Float(number.as_f64().unwrap()),
                });
                match operation["dtype"].as_str().unwrap() {
                    "Int32" => dataset.define_array::<i32>(name, names, shape, chunk, fill).await,
                    "Float64" => dataset.define_array::<f64>(name, names, shape, chunk, fill).await,
                    _ => dataset.define_array::<String>(name, names, shape, chunk, fill).await,
                }
                .unwrap();
                write(dataset, operation).await;
            }

            async fn write(dataset: &mut DatasetView, operation: &Value) {
                let name = operation["array"].as_str().unwrap();
                let start = operation.get("start").map_or_else(|| vec![0; numbers(&operation["shape"]).len()], numbers);
                match operation["dtype"].as_str().unwrap() {
                    "Int32" => dataset.write_array::<i32>(name, start, elements(operation).view()).await,
                    "Float64" => dataset.write_array::<f64>(name, start, elements(operation).view()).await,
                    _ => dataset.write_array::<String>(name, start, elements(operation).view()).await,
                }
                .unwrap();
            }

            fn config(operation: &Value) -> StoreConfig {
                StoreConfig {
                    codec: match operation["codec"].as_str() {
                        Some("lz4") => Codec::Lz4,
                        Some("none") => Codec::Uncompressed,
                        _ => Codec::Zstd,
                    },
                    meta_format: if operation["metadata"] == "msgpack" { MetaFormat::MsgPack } else { MetaFormat::Json },
                    ..StoreConfig::default()
                }
            }

            pub async fn apply(folder: &str, operations: Vec<Value>) {
                let mut atlas = match operations[0]["op"].as_str().unwrap() {
                    "create" => Atlas::create_path(folder, config(&operations[0])).await.unwrap(),
                    _ => Atlas::open_path(folder).await.unwrap(),
                };
                for operation in &operations[1..] {
                    let text = |field: &str| operation[field].as_str().unwrap();
                    match text("op") {
                        "dataset" => drop(atlas.create_dataset(text("dataset")).await.unwrap()),
                        "delete_dataset" => atlas.delete_dataset(text("dataset")).await.unwrap(),
                        "flush" => atlas.flush().await.unwrap(),
                        "compact" => atlas.compact().await.unwrap(),
                        op => {
                            let mut dataset = atlas.open_dataset(text("dataset")).await.unwrap();
                            match op {
                                "put" => put(&mut dataset, operation).await,
                                "write" => write(&mut dataset, operation).await,
                                "delete" => dataset.delete_array(text("array")).await.unwrap(),
                                "attribute" => by_schema!($schema, set, dataset, text("key"), attribute(&operation["value"])),
                                "array_attribute" => {
                                    by_schema!($schema, set_of_array, dataset, text("array"), text("key"), attribute(&operation["value"]))
                                }
                                op => panic!("unknown operation {op}"),
                            }
                        }
                    }
                }
            }

            async fn array(dataset: &DatasetView, name: &str) -> Value {
                let schema = dataset.array_meta(name).unwrap();
                let (dtype, values) = match schema.dtype {
                    DType::Int32 => ("Int32", dataset.read_array::<i32>(name, vec![], vec![]).await.map(|read| json!(read.unwrap().iter().collect::<Vec<_>>()))),
                    DType::Float64 => ("Float64", dataset.read_array::<f64>(name, vec![], vec![]).await.map(|read| json!(read.unwrap().iter().collect::<Vec<_>>()))),
                    _ => ("String", dataset.read_array::<String>(name, vec![], vec![]).await.map(|read| json!(read.unwrap().iter().collect::<Vec<_>>()))),
                };
                let attributes: Vec<_> = by_schema!($schema, all_of_array, dataset, name).iter().map(|(key, value)| json!([key, shown(value)])).collect();
                json!({"name": name, "dtype": dtype, "shape": schema.shape, "values": values.unwrap_or(json!("error")),
                       "stats": dataset.array_stats(name).await.map(|stats| statistics(&stats)), "attributes": attributes})
            }

            pub async fn dump(folder: &str) -> Value {
                let atlas = Atlas::open_path(folder).await.unwrap();
                let mut datasets = Vec::new();
                for name in atlas.list_datasets() {
                    let dataset = atlas.open_dataset(&name).await.unwrap();
                    let mut arrays = Vec::new();
                    for array_name in dataset.list_arrays() {
                        arrays.push(array(&dataset, &array_name).await);
                    }
                    let attributes: Vec<_> = by_schema!($schema, all, dataset).iter().map(|(key, value)| json!([key, shown(value)])).collect();
                    datasets.push(json!({"name": name, "arrays": arrays, "attributes": attributes}));
                }
                json!({ "datasets": datasets })
            }
        }
    };
}
