//! Attribute and fill values, from and to JSON.

use super::af::{AttributeValue, FillValue};
use super::list_attribute;
use crate::json;
use serde_json::{Value, json};

/// The one key of an object such as `{"Int32": 5}`, and its value.
fn tagged(value: &Value) -> (&str, &Value) {
    let (tag, value) = value.as_object().and_then(|object| object.iter().next()).expect("a tagged value");
    (tag, value)
}

pub fn from_json(value: &Value) -> AttributeValue {
    let (tag, value) = tagged(value);
    match tag {
        "Bool" => AttributeValue::Bool(json::boolean(value)),
        "Int8" => AttributeValue::Int8(json::integer(value) as i8),
        "Int16" => AttributeValue::Int16(json::integer(value) as i16),
        "Int32" => AttributeValue::Int32(json::integer(value) as i32),
        "Int64" => AttributeValue::Int64(json::integer(value) as i64),
        "UInt8" => AttributeValue::UInt8(json::integer(value) as u8),
        "UInt16" => AttributeValue::UInt16(json::integer(value) as u16),
        "UInt32" => AttributeValue::UInt32(json::integer(value) as u32),
        "UInt64" => AttributeValue::UInt64(json::integer(value) as u64),
        "Float32" => AttributeValue::Float32(json::to_f32(value)),
        "Float64" => AttributeValue::Float64(json::to_f64(value)),
        "String" => AttributeValue::String(json::text(value).into()),
        _ => list_attribute::from_json(tag, value),
    }
}

// The early versions have no other kinds, so that the last arm cannot be reached there.
#[allow(unreachable_patterns)]
pub fn to_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Bool(v) => json!({"Bool": v}),
        AttributeValue::Int8(v) => json!({"Int8": v}),
        AttributeValue::Int16(v) => json!({"Int16": v}),
        AttributeValue::Int32(v) => json!({"Int32": v}),
        AttributeValue::Int64(v) => json!({"Int64": v}),
        AttributeValue::UInt8(v) => json!({"UInt8": v}),
        AttributeValue::UInt16(v) => json!({"UInt16": v}),
        AttributeValue::UInt32(v) => json!({"UInt32": v}),
        AttributeValue::UInt64(v) => json!({"UInt64": v}),
        AttributeValue::Float32(v) => json!({"Float32": json::of_f32(*v)}),
        AttributeValue::Float64(v) => json!({"Float64": json::of_f64(*v)}),
        AttributeValue::String(v) => json!({"String": v.as_str()}),
        other => list_attribute::to_json(other),
    }
}

pub fn fill_from_json(value: &Value) -> Option<FillValue> {
    if value.is_null() {
        return None;
    }
    let (tag, value) = tagged(value);
    Some(match tag {
        "Bool" => FillValue::Bool(json::boolean(value)),
        "Int" => FillValue::Int(json::integer(value) as i64),
        "UInt" => FillValue::UInt(json::integer(value) as u64),
        "Float" => FillValue::Float(json::to_f64(value)),
        "String" => FillValue::String(json::text(value)),
        "TimestampNs" => FillValue::TimestampNs(json::integer(value) as i64),
        other => panic!("no such fill value: {other}"),
    })
}

pub fn fill_to_json(fill: &Option<FillValue>) -> Value {
    match fill {
        None => Value::Null,
        Some(FillValue::Bool(v)) => json!({"Bool": v}),
        Some(FillValue::Int(v)) => json!({"Int": v}),
        Some(FillValue::UInt(v)) => json!({"UInt": v}),
        Some(FillValue::Float(v)) => json!({"Float": json::of_f64(*v)}),
        Some(FillValue::String(v)) => json!({"String": v}),
        Some(FillValue::TimestampNs(v)) => json!({"TimestampNs": v}),
    }
}
