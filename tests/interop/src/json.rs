//! JSON as the dumps have it: floats as their bits, bytes as hex. It depends on no version of the crate.

use serde_json::{Value, json};
use sha2::Digest;

pub fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

pub fn of_f32(value: f32) -> Value {
    json!(format!("0x{:08x}", value.to_bits()))
}

pub fn of_f64(value: f64) -> Value {
    json!(format!("0x{:016x}", value.to_bits()))
}

// The operations come from our own tests: what they got wrong is a panic, which names itself.

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}")).into()
}

pub fn texts(value: &Value) -> Vec<String> {
    list(value, text)
}

pub fn list<T>(value: &Value, each: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}")).iter().map(each).collect()
}

pub fn extents(value: &Value) -> Vec<usize> {
    list(value, |extent| integer(extent) as usize)
}

pub fn integer(value: &Value) -> i128 {
    match (value.as_i64(), value.as_u64()) {
        (Some(signed), _) => signed.into(),
        (None, Some(unsigned)) => unsigned.into(),
        _ => panic!("not an integer: {value}"),
    }
}

pub fn boolean(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| panic!("not a boolean: {value}"))
}

pub fn bits(value: &Value) -> u64 {
    let digits = text(value);
    u64::from_str_radix(digits.trim_start_matches("0x"), 16).unwrap_or_else(|_| panic!("not bits: {value}"))
}

pub fn to_f32(value: &Value) -> f32 {
    f32::from_bits(bits(value) as u32)
}

pub fn to_f64(value: &Value) -> f64 {
    f64::from_bits(bits(value))
}

pub fn bytes(value: &Value) -> Vec<u8> {
    let digits = text(value);
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).expect("hex")).collect()
}
