//! The attribute kinds that came with 0.11: binary, and lists.

use super::af::AttributeValue;
use crate::json::{self, list};
use serde_json::{Value, json};

pub fn from_json(tag: &str, value: &Value) -> AttributeValue {
    match tag {
        "Binary" => AttributeValue::Binary(json::bytes(value).into()),
        "BoolList" => AttributeValue::BoolList(list(value, json::boolean).into()),
        "Int8List" => AttributeValue::Int8List(list(value, |v| json::integer(v) as i8).into()),
        "Int16List" => AttributeValue::Int16List(list(value, |v| json::integer(v) as i16).into()),
        "Int32List" => AttributeValue::Int32List(list(value, |v| json::integer(v) as i32).into()),
        "Int64List" => AttributeValue::Int64List(list(value, |v| json::integer(v) as i64).into()),
        "UInt8List" => AttributeValue::UInt8List(list(value, |v| json::integer(v) as u8).into()),
        "UInt16List" => AttributeValue::UInt16List(list(value, |v| json::integer(v) as u16).into()),
        "UInt32List" => AttributeValue::UInt32List(list(value, |v| json::integer(v) as u32).into()),
        "UInt64List" => AttributeValue::UInt64List(list(value, |v| json::integer(v) as u64).into()),
        "Float32List" => AttributeValue::Float32List(list(value, json::to_f32).into()),
        "Float64List" => AttributeValue::Float64List(list(value, json::to_f64).into()),
        "StringList" => {
            AttributeValue::StringList(list(value, json::text).into_iter().map(Into::into).collect())
        }
        "BinaryList" => {
            AttributeValue::BinaryList(list(value, json::bytes).into_iter().map(Into::into).collect())
        }
        other => panic!("no such kind of attribute: {other}"),
    }
}

pub fn to_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Binary(v) => json!({"Binary": json::hex(v)}),
        AttributeValue::BoolList(v) => json!({"BoolList": v}),
        AttributeValue::Int8List(v) => json!({"Int8List": v}),
        AttributeValue::Int16List(v) => json!({"Int16List": v}),
        AttributeValue::Int32List(v) => json!({"Int32List": v}),
        AttributeValue::Int64List(v) => json!({"Int64List": v}),
        AttributeValue::UInt8List(v) => json!({"UInt8List": v}),
        AttributeValue::UInt16List(v) => json!({"UInt16List": v}),
        AttributeValue::UInt32List(v) => json!({"UInt32List": v}),
        AttributeValue::UInt64List(v) => json!({"UInt64List": v}),
        AttributeValue::Float32List(v) => {
            json!({"Float32List": v.iter().map(|v| json::of_f32(*v)).collect::<Vec<_>>()})
        }
        AttributeValue::Float64List(v) => {
            json!({"Float64List": v.iter().map(|v| json::of_f64(*v)).collect::<Vec<_>>()})
        }
        AttributeValue::StringList(v) => {
            json!({"StringList": v.iter().map(|v| v.as_str()).collect::<Vec<_>>()})
        }
        AttributeValue::BinaryList(v) => {
            json!({"BinaryList": v.iter().map(|v| json::hex(v)).collect::<Vec<_>>()})
        }
        other => unreachable!("a scalar: {other:?}"),
    }
}
