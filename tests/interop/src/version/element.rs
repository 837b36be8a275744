//! The element types, from and to JSON.

use super::af::{ArrayElement, DType, FillValue, TimestampNs};
use crate::json;
use serde_json::{Value, json};

pub trait Element: ArrayElement {
    fn from_json(value: &Value) -> Self;

    /// A whole array in C order.
    fn content(values: &[Self]) -> Value {
        json!({"sha256": json::sha256(&Self::encode_chunk(values))})
    }
}

/// The crate has the dtype, but no element for it.
#[derive(Clone)]
pub struct Bool(u8);

impl ArrayElement for Bool {
    const DTYPE: DType = DType::Bool;

    fn encode_chunk(values: &[Self]) -> Vec<u8> {
        values.iter().map(|value| value.0).collect()
    }

    fn decode_chunk(bytes: &[u8]) -> Vec<Self> {
        bytes.iter().map(|byte| Bool(*byte)).collect()
    }

    fn fill_element(fill: Option<&FillValue>) -> Self {
        Bool(matches!(fill, Some(FillValue::Bool(true))).into())
    }
}

impl Element for Bool {
    fn from_json(value: &Value) -> Self {
        Bool(json::boolean(value).into())
    }
}

impl Element for TimestampNs {
    fn from_json(value: &Value) -> Self {
        TimestampNs(json::integer(value) as i64)
    }
}

impl Element for f32 {
    fn from_json(value: &Value) -> Self {
        json::to_f32(value)
    }
}

impl Element for f64 {
    fn from_json(value: &Value) -> Self {
        json::to_f64(value)
    }
}

impl Element for String {
    fn from_json(value: &Value) -> Self {
        json::text(value)
    }

    fn content(values: &[Self]) -> Value {
        json!({"values": values})
    }
}

impl Element for Vec<u8> {
    fn from_json(value: &Value) -> Self {
        json::bytes(value)
    }

    fn content(values: &[Self]) -> Value {
        json!({"values": values.iter().map(|value| json::hex(value)).collect::<Vec<_>>()})
    }
}

macro_rules! integers {
    ($($integer:ty),*) => { $(
        impl Element for $integer {
            fn from_json(value: &Value) -> Self {
                json::integer(value) as $integer
            }
        }
    )* };
}
integers!(i8, i16, i32, i64, u8, u16, u32, u64);

/// Calls a generic function with the element type of a dtype; `None` for lists, which have none in the crate.
macro_rules! with_element {
    ($dtype:expr, $function:ident($($argument:expr),*)) => {
        match $dtype {
            "Bool" => Some($function::<super::element::Bool>($($argument),*)),
            "Int8" => Some($function::<i8>($($argument),*)),
            "Int16" => Some($function::<i16>($($argument),*)),
            "Int32" => Some($function::<i32>($($argument),*)),
            "Int64" => Some($function::<i64>($($argument),*)),
            "UInt8" => Some($function::<u8>($($argument),*)),
            "UInt16" => Some($function::<u16>($($argument),*)),
            "UInt32" => Some($function::<u32>($($argument),*)),
            "UInt64" => Some($function::<u64>($($argument),*)),
            "Float32" => Some($function::<f32>($($argument),*)),
            "Float64" => Some($function::<f64>($($argument),*)),
            "String" => Some($function::<String>($($argument),*)),
            "Binary" => Some($function::<Vec<u8>>($($argument),*)),
            "TimestampNs" => Some($function::<super::af::TimestampNs>($($argument),*)),
            _ => None,
        }
    };
}
pub(super) use with_element;
