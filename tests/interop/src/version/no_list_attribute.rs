//! Versions 0.9 and 0.10 have no list or binary attributes.

use super::af::AttributeValue;
use serde_json::Value;

pub fn from_json(tag: &str, _: &Value) -> AttributeValue {
    panic!("this version has no {tag} attributes")
}

pub fn to_json(_: &AttributeValue) -> Value {
    unreachable!("all its kinds are scalars")
}
