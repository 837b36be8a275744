//! Dtypes and statistics, to JSON.

use super::af::{ArrayStats, DType, StatValue};
use crate::json;
use serde_json::{Value, json};

pub fn dtype(dtype: &DType) -> Value {
    match dtype {
        DType::FixedSizeList { child, size } => {
            json!({"FixedSizeList": {"child": self::dtype(child), "size": size}})
        }
        DType::List { child } => json!({"List": {"child": self::dtype(child)}}),
        other => json!(format!("{other:?}")),
    }
}

fn statistic(value: &Option<StatValue>) -> Value {
    match value {
        None => Value::Null,
        Some(StatValue::Int(v)) => json!({"Int": v}),
        Some(StatValue::UInt(v)) => json!({"UInt": v}),
        Some(StatValue::Float(v)) => json!({"Float": json::of_f64(*v)}),
        Some(StatValue::Bytes(v)) => json!({"Bytes": json::hex(v)}),
        Some(StatValue::TimestampNs(v)) => json!({"TimestampNs": v}),
    }
}

pub fn statistics(stats: &ArrayStats) -> Value {
    json!({
        "min": statistic(&stats.min),
        "max": statistic(&stats.max),
        "null_count": stats.null_count,
        "row_count": stats.row_count,
    })
}
